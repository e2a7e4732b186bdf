-- Reading: the order "top" is kept with the comments (picks first, then what the most different people answered), and replies
-- are found by what they hang on.

-- Where a top-level comment stands, the least first: a billion less when it is picked, and one less for each person who
-- answered in its thread.
alter table comments add column rank integer not null default 0;
-- A published reply that its author counts by in the thread: each person has one there.
alter table comments add column heard integer not null default false;

update comments set heard = true where id in (
  select n.id from (
    select c.id, row_number() over (partition by c.thread, k.email_index order by c.id) as place
    from comments c join contacts k on k.id = c.contact
    where c.parent is not null and c.status = 'approved' and not c.staff and k.email_index is not null
  ) n where n.place = 1
);
create index comments_heard on comments (thread, status) where heard;
update comments set rank = -(select count(*) from comments r where r.thread = comments.id and r.heard)
  - case when picked_at is null then 0 else 1000000000 end
where parent is null and (approved_below > 0 or picked_at is not null);

create index comments_top on comments (article, rank, id)
  where parent is null and (status = 'approved' or approved_below > 0);
create index comments_children on comments (parent, id)
  where parent is not null and (status = 'approved' or approved_below > 0);

-- Of two indexes that would do SQLite takes the newer one; the other one has what readers do not see, too.
drop index comments_public;
create index comments_public on comments (article, id)
  where parent is null and (status = 'approved' or approved_below > 0);

-- Whether a text that was reported was decided since.
create index reports_decided on reports (comment, revision, reported_at);
