-- What commenters are told, and what they answer.

-- An address that somebody wants mail at, on one site: mail goes there only after whoever reads it said so. It is known by its
-- keyed index; the address itself is where the comment keeps it.
create table confirmations (
  id            blob    not null primary key,
  site          blob    not null references sites (id),
  email_index   text    not null,
  index_key     text    not null,   -- the key of that
  asked         integer not null,   -- how often, without an answer
  asked_at      integer,
  asked_by      blob   ,            -- the message that asked last: sent again, it does not count again
  confirmed_at  integer,
  ended_at      integer,            -- whoever reads it wants no mail
  letters       integer not null,   -- of the day that began at letters_of
  letters_of    integer not null
) strict, without rowid;
create unique index confirmations_email on confirmations (site, email_index);

-- An author's word against a rejection, once.
create table appeals (
  comment      blob    not null primary key,
  text         text    not null,
  appealed_at  integer not null
) strict, without rowid;

-- The decision that the author was told by mail, and by which message: sent again, it is the same one.
alter table comments add column told_of integer null;
alter table comments add column told_by blob    null;
