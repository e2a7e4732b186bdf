-- What screening finds, and by what it judges.

-- Where in a submission something was found: the field, and in characters of it.
alter table findings add column field text null check (field in ('text', 'name', 'website', 'email', 'client', 'agent'));
alter table findings add column starts integer null;
alter table findings add column length integer null;

-- Comments that are proven to be by one author, by a receipt that came along, name the first of them: who may be trusted
-- is counted along it. An address that was only typed in proves nothing.
alter table comments add column lineage blob null;
create index comments_lineage on comments (lineage, status) where lineage is not null;

-- The site's own signed-in readers, for whom its backend vouches.
create index contacts_reader on contacts (reader_index) where reader_index is not null;

-- What a site's comments were judged by, one row for each time it was changed: its policy, and its word lists. Of the lists
-- the newest is in force; the policy in force stands with its site.
create table rules (
  site     blob    not null references sites (id),
  part     text    not null check (part in ('policy', 'words')),
  version  integer not null,
  content  text    not null,
  at       integer not null,
  actor    blob,            -- a moderator; none for the command line
  primary key (site, part, version)
) strict;
