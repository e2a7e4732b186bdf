-- Most Engaging: what readers find lively, kept ready so that reading it never looks at comments.

-- Comments of which something changed that counts here: that they are published, picked, or approved by a person. Written in
-- the transaction that changes it; a worker takes the row away when what follows is counted.
create table stirred (
  comment  blob    not null primary key,
  article  blob    not null references articles (id)
) strict, without rowid;

-- What is published and new enough to count. A person is known by the keyed value of their address, as contacts are indexed,
-- and nobody is known of the site's own people.
create table voices (
  comment   blob    not null primary key,
  article   blob    not null references articles (id),
  person    text,
  at        integer not null,   -- published_at
  approved  integer not null,   -- by a moderator, and not published unseen
  answers   integer not null,   -- somebody else's comment
  picked    integer not null
) strict, without rowid;
create index voices_person on voices (article, person, at, comment);
create index voices_answers on voices (article, person, at) where answers;
create index voices_picked on voices (article, person, at) where picked;
create index voices_latest on voices (article, at);
create index voices_age on voices (at);

-- People by article and stretch of time, each in the stretch of the latest voice that makes them one of these. Span is the
-- window that the stretch is a twenty-fourth of.
create table engagement (
  article   blob    not null references articles (id),
  span      text    not null check (span in ('24h', '7d', '30d')),
  bucket    integer not null,
  people    integer not null,
  approved  integer not null,   -- of these, whose latest comment a moderator approved
  answers   integer not null,
  picks     integer not null,
  primary key (article, span, bucket)
) strict, without rowid;

-- The scores that follow from these as of a stretch, with what they are made of: in thousandths.
create table engaging (
  article           blob    not null references articles (id),
  span              text    not null check (span in ('24h', '7d', '30d')),
  site              blob    not null references sites (id),
  bucket            integer not null,
  score             integer not null,
  last_at           integer not null,
  commenters        integer not null,
  by_commenters     integer not null,
  conversations     integer not null,
  by_conversations  integer not null,
  picks             integer not null,
  by_picks          integer not null,
  share             integer not null,
  by_approval       integer not null,
  primary key (article, span)
) strict, without rowid;
create index engaging_order on engaging (site, span, score, last_at, article);
create index engaging_due on engaging (span, bucket);

-- What feeds tell: the newest first, of a site and of an article.
create index comments_news on comments (site, published_at, id) where status = 'approved';
create index comments_article_news on comments (article, published_at, id) where status = 'approved';

-- What was there before: articles that changed in the last 31 days, in microseconds.
insert into stirred (comment, article)
select c.id, c.article from articles a join comments c on c.article = a.id
where a.changed_at > (select max(changed_at) from articles) - 2678400000000 and c.status = 'approved';
