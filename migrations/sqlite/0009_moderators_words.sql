-- What moderators say and change of a comment: the canned reason that a decision gave and what it rests on, texts that
-- they wrote in place of the commenter's, and what they recommend.
alter table comments add column reason_code text;
alter table comments add column basis text check (basis in ('terms', 'law'));
alter table revisions add column editor blob references moderators (id);

alter table decisions add column reason_code text;
alter table decisions add column basis text check (basis in ('terms', 'law'));
alter table decisions add column picked_at integer;
