-- What editors block, each for a time.

-- A block of a site holds no value in the open: an address, a domain or a prefix is a keyed value, a term is sealed under the
-- id of its block and keyed beside that. The same value blocked again takes the place of the earlier block. What is typed
-- by whoever submits (an address; a domain that was taken from one) is refused only where the submission proves it.
create table blocks (
  id           uuid    not null primary key,
  site         uuid    not null references sites (id),
  kind         text    not null check (kind in ('email', 'domain', 'host', 'network', 'term')),
  value        text    not null,   -- keyed, as contacts are indexed where these are
  index_key    text    not null,   -- the key of that
  term         text,               -- sealed
  effect       text    not null check (effect in ('hold', 'refuse')),
  needs_proof  boolean not null,
  reason       text    not null,
  moderator    uuid    references moderators (id),
  comment      uuid,               -- from which it was taken; perhaps erased since
  made_at      bigint  not null,
  expires_at   bigint  not null
);
create index blocks_value on blocks (value, site, expires_at);
create index blocks_site on blocks (site, id);
create index blocks_expiry on blocks (expires_at);
create index blocks_terms on blocks (site, id) where kind = 'term';

-- Whether the site vouched for the address, as that of its own signed-in reader: true or nothing. What was only typed says
-- nothing about whose it is.
alter table contacts add column proven boolean null;
