-- What commenters know of their comments.

-- What the author was told last: that it is published, that it was not, that an appeal did not change that. What was published at
-- once they saw.
alter table comments add column told text null check (told in ('published', 'rejected', 'upheld'));
-- The message that told the author of what this one answers.
alter table comments add column reply_told_by uuid null;
-- The decision that answered it; another rejection can be appealed against again.
alter table appeals add column answered_at bigint null;

update comments set told = case status when 'approved' then 'published' when 'rejected' then 'rejected' end where told_of is not null;
update appeals set answered_at =
  (select c.decided_at from comments c where c.id = appeals.comment and c.decided_at > appeals.appealed_at and c.needs is null);
