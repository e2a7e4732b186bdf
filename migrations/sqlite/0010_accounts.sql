-- Accounts: what they were when somebody looked at them, what becomes of an address, and who begins a
-- second factor.

-- Rises with every change of what colleagues keep of an account, so that a page that was opened before a
-- change cannot take it back.
alter table moderators add column version integer not null default 1;

-- An account that was removed gives its address away: whoever comes under it later is somebody new. Those
-- that were removed before get a number each.
update moderators set email = 'removed:' || cast((select count(*) from moderators m where m.id < moderators.id) as text)
where removed_at is not null;

-- The session that a key was made in, by its hash: no other one is shown the key, or confirms it.
alter table second_factors add column begun_by text null;
