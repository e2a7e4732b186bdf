-- A lease on a waiting comment, so that two moderators do not read the same one. A courtesy, not a
-- lock: others may decide it all the same. Who lost it, or let it run out, loses nothing else.
create table claims (
  comment     uuid    not null primary key references comments (id),
  moderator   uuid    not null references moderators (id),
  expires_at  bigint  not null
);
create index claims_moderator on claims (moderator, expires_at);
create index claims_expiry on claims (expires_at);

-- What a decision replaced, so that it can be undone: beside its audit row, which says what it made.
-- The batch names all decisions of one request.
create table decisions (
  audit         uuid    not null primary key references audit (id),
  batch         uuid    not null,
  status        text    not null check (status in ('pending', 'approved', 'rejected', 'spam')),
  needs         text    check (needs in ('decision', 'edit', 'report', 'appeal', 'escalated')),
  revision      bigint  not null,
  waiting       bigint,
  reason        text,
  decided_at    bigint,
  published_at  bigint,
  edited_at     bigint
);
create index decisions_batch on decisions (batch, audit);
