-- What holds for one article alone, and what takes an article out of the usual rules for a while.

-- In place of the mode of its site; null where that holds.
alter table articles add column mode text check (mode in ('hold-all', 'trust-known', 'open'));
-- In place of the slow mode of its site: seconds between two comments of one client, 0 for none.
alter table articles add column slow_seconds bigint;
-- Somebody opened it by hand, so its age alone does not close it.
alter table articles add column stays_open boolean not null default false;

-- The breaker. It is in force until its moment, so nothing has to be done when it ends; what arrived before that moment
-- never counts against the article again. Ended by hand, it is null, and the moment is that of its end.
alter table articles add column breaker text check (breaker in ('hold-all', 'slow', 'closed'));
alter table articles add column breaker_at bigint;
alter table articles add column breaker_until bigint;
alter table articles add column breaker_note text;
-- Who did it: a moderator, or nobody for the site's backend, the command line, or a rule, which has a cause.
alter table articles add column breaker_by uuid references moderators (id);
alter table articles add column breaker_cause text check (breaker_cause in ('rate', 'rejections'));
-- How many comments that were, and of how many.
alter table articles add column breaker_counted bigint;
alter table articles add column breaker_of bigint;

-- Those of a site that are in force.
create index articles_breakers on articles (site, breaker_until) where breaker is not null;
