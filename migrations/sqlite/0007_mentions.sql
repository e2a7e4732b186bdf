-- Mail that does not flood: how each moderator wants to be told, and what they were told of.

alter table moderators add column mail text not null default 'each' check (mail in ('each', 'digest', 'off'));
alter table moderators add column digest_minutes integer not null default 60;
-- Minutes of the day in the time zone; both or none.
alter table moderators add column quiet_from integer null;
alter table moderators add column quiet_to integer null;
alter table moderators add column time_zone text not null default 'UTC';

-- A letter to a moderator about comments: whose it is, from when on it takes nothing more up (at its
-- first lease), and when it was last handed to the mail server, unless that failed. There is at most one
-- open letter for each moderator.
alter table outbox add column moderator blob null references moderators (id);
alter table outbox add column closed_at integer null;
alter table outbox add column sent_at integer null;
create unique index outbox_open on outbox (moderator)
  where moderator is not null and closed_at is null and outcome is null;
create index outbox_sent on outbox (moderator, sent_at) where moderator is not null and sent_at is not null;
create index outbox_unsettled on outbox (moderator, closed_at) where moderator is not null and outcome is null;

-- What a moderator is to be told of: a comment that waits, or that has waited for too long. It belongs
-- to no letter until one is closed, and goes with that one. A comment is covered for a moderator when
-- the letter of its mention was sent.
create table mentions (
  comment     blob    not null references comments (id),
  kind        text    not null check (kind in ('waits', 'overdue')),
  moderator   blob    not null references moderators (id),
  version     integer not null,           -- of the comment, when it began to wait
  letter      blob    references outbox (id),
  created_at  integer not null,
  primary key (comment, kind, moderator, version)
) strict, without rowid;
create index mentions_loose on mentions (moderator, kind) where letter is null;
create index mentions_letter on mentions (letter, comment) where letter is not null;

-- When the moderators of a site were last told that a comment has waited for too long.
alter table sites add column overdue_at integer null;
