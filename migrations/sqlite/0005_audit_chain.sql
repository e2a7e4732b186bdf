-- The audit log proves itself: whoever writes an entry signs it, and a worker gives it its place in a
-- chain and seals it together with the one before. Who changes, removes, moves or adds an entry
-- without the key is found out.
create table audit_chain (
  number  integer not null primary key check (number > 0),
  audit   blob    not null unique references audit (id),
  key     text    not null,               -- the key of the seal
  seal    text    not null
) strict;

-- An entry is bound to its note by a salted hash: a note that was erased cannot be guessed from it.
alter table audit add column note_hash text;
alter table audit add column key text not null default '';
alter table audit add column mac text not null default '';
alter table notes add column salt text not null default '';

create index audit_site on audit (site, id);
create index audit_actor on audit (actor, id);
