-- Most Engaging: what readers find lively, kept ready so that reading it never looks at comments.

-- Comments of which something changed that counts here: that they are published, picked, or approved by a person. Written in
-- the transaction that changes it; a worker takes the row away when what follows is counted.
create table stirred (
  comment  uuid    not null primary key,
  article  uuid    not null references articles (id)
);

-- What is published and new enough to count. A person is known by the keyed value of their address, as contacts are indexed,
-- and nobody is known of the site's own people.
create table voices (
  comment   uuid    not null primary key,
  article   uuid    not null references articles (id),
  person    text,
  at        bigint  not null,   -- published_at
  approved  boolean not null,   -- by a moderator, and not published unseen
  answers   boolean not null,   -- somebody else's comment
  picked    boolean not null
);
create index voices_person on voices (article, person, at, comment);
create index voices_answers on voices (article, person, at) where answers;
create index voices_picked on voices (article, person, at) where picked;
create index voices_latest on voices (article, at);
create index voices_age on voices (at);

-- People by article and stretch of time, each in the stretch of the latest voice that makes them one of these. Span is the
-- window that the stretch is a twenty-fourth of.
create table engagement (
  article   uuid    not null references articles (id),
  span      text    not null check (span in ('24h', '7d', '30d')),
  bucket    bigint  not null,
  people    bigint  not null,
  approved  bigint  not null,   -- of these, whose latest comment a moderator approved
  answers   bigint  not null,
  picks     bigint  not null,
  primary key (article, span, bucket)
);

-- The scores that follow from these as of a stretch, with what they are made of: in thousandths.
create table engaging (
  article           uuid    not null references articles (id),
  span              text    not null check (span in ('24h', '7d', '30d')),
  site              uuid    not null references sites (id),
  bucket            bigint  not null,
  score             bigint  not null,
  last_at           bigint  not null,
  commenters        bigint  not null,
  by_commenters     bigint  not null,
  conversations     bigint  not null,
  by_conversations  bigint  not null,
  picks             bigint  not null,
  by_picks          bigint  not null,
  share             bigint  not null,
  by_approval       bigint  not null,
  primary key (article, span)
);
create index engaging_order on engaging (site, span, score, last_at, article);
create index engaging_due on engaging (span, bucket);

-- What feeds tell: the newest first, of a site and of an article.
create index comments_news on comments (site, published_at, id) where status = 'approved';
create index comments_article_news on comments (article, published_at, id) where status = 'approved';

-- What was there before: articles that changed in the last 31 days, in microseconds.
insert into stirred (comment, article)
select c.id, c.article from articles a join comments c on c.article = a.id
where a.changed_at > (select max(changed_at) from articles) - 2678400000000 and c.status = 'approved';
