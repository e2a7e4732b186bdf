-- A lease on a waiting comment, so that two moderators do not read the same one. A courtesy, not a
-- lock: others may decide it all the same. Who lost it, or let it run out, loses nothing else.
create table claims (
  comment     blob    not null primary key references comments (id),
  moderator   blob    not null references moderators (id),
  expires_at  integer not null
) strict, without rowid;
create index claims_moderator on claims (moderator, expires_at);
create index claims_expiry on claims (expires_at);

-- What a decision replaced, so that it can be undone: beside its audit row, which says what it made.
-- The batch names all decisions of one request.
create table decisions (
  audit         blob    not null primary key references audit (id),
  batch         blob    not null,
  status        text    not null check (status in ('pending', 'approved', 'rejected', 'spam')),
  needs         text    check (needs in ('decision', 'edit', 'report', 'appeal', 'escalated')),
  revision      integer not null,
  waiting       integer,
  reason        text,
  decided_at    integer,
  published_at  integer,
  edited_at     integer
) strict, without rowid;
create index decisions_batch on decisions (batch, audit);
