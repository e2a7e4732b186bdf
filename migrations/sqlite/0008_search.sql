-- Finding comments among a million: what search knows, and a range of an index for every list.

-- The words of a comment's texts, as the first eight bytes of their SHA-256: both databases find the
-- same, whatever they think of a language. No other index and no reference: these are the most rows of
-- all, and they are written and removed by a worker that knows which.
create table words (
  token    integer not null,
  comment  blob    not null,
  primary key (token, comment)
) strict, without rowid;

-- What search knows of a comment: the tokens that it has written, and when the comment must be looked at
-- next: at once (0) when it is new, was edited or waits again; later, to see whether it is too old.
create table searchable (
  comment  blob    not null primary key references comments (id),
  due_at   integer not null,
  tokens   text    not null
) strict, without rowid;
create index searchable_due on searchable (due_at, comment);

-- What was there before is looked at after what is new.
insert into searchable (comment, due_at, tokens) select id, 1, '[]' from comments;

-- What waits, by what it needs; and of one site alone.
create index comments_needs on comments (needs, id) where needs is not null;
create index comments_site_waiting on comments (site, id) where needs is not null;
create index comments_site_status on comments (site, status, id);
create index comments_article on comments (article, id);
create index findings_code on findings (code, comment);

-- Who wrote from the same place: a host is within its network, so this finds both.
create index contacts_network on contacts (network_index, comment);
