-- What the queue asks for.

-- What a moderator reads around a comment: whom it answers, and who answered it, whatever their status.
create index comments_answers on comments (reply_to, id) where reply_to is not null;

-- What was found in comments that wait: one filters the queue by it, and of a common finding the archive has far more than the
-- queue. `waits` is true as long as the comment does, and null otherwise.
alter table findings add column waits integer null;
update findings set waits = true where comment in (select id from comments where needs is not null);
create index findings_waiting on findings (code, comment) where waits is not null;
