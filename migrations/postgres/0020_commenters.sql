-- What commenters are told, and what they answer.

-- An address that somebody wants mail at, on one site: mail goes there only after whoever reads it said so. It is known by its
-- keyed index; the address itself is where the comment keeps it.
create table confirmations (
  id            uuid    not null primary key,
  site          uuid    not null references sites (id),
  email_index   text    not null,
  index_key     text    not null,   -- the key of that
  asked         bigint  not null,   -- how often, without an answer
  asked_at      bigint,
  asked_by      uuid   ,            -- the message that asked last: sent again, it does not count again
  confirmed_at  bigint,
  ended_at      bigint,            -- whoever reads it wants no mail
  letters       bigint  not null,   -- of the day that began at letters_of
  letters_of    bigint  not null
);
create unique index confirmations_email on confirmations (site, email_index);

-- An author's word against a rejection, once.
create table appeals (
  comment      uuid    not null primary key,
  text         text    not null,
  appealed_at  bigint  not null
);

-- The decision that the author was told by mail, and by which message: sent again, it is the same one.
alter table comments add column told_of bigint null;
alter table comments add column told_by uuid    null;
