-- Texts that say nearly the same, whoever sends them and wherever: one campaign is one decision.

-- What tells how alike two texts are (null for short ones), and which comments belong together: the cluster is the id of the
-- first of them, or, after that one was edited into something else, an id of its own.
alter table comments add column likeness bigint null;
alter table comments add column cluster uuid null;
create index comments_cluster on comments (cluster, id) where cluster is not null;

-- What finds them: a few keyed numbers of each text, of which texts that are alike have at least one in common. They are
-- kept for as long as a campaign may last. Like `words` they are many, without a reference, and written by a worker.
create table likenesses (
  band     bigint  not null,
  comment  uuid    not null,
  primary key (band, comment)
);
create index likenesses_comment on likenesses (comment);
