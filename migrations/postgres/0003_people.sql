-- People at the desk: what their sessions and tokens say of themselves, the second factor, attempts
-- to sign in, invitations.

-- A session is listed to its owner: when it was last used, to the minute, and by what kind of
-- browser, in words of ours. One from before this was added says neither.
alter table sessions add column used_at bigint not null default 0;
alter table sessions add column browser text not null default '';
create index sessions_moderator on sessions (moderator);

-- What a token may do, and until when. One from before this was added does not expire.
alter table api_tokens add column name text not null default '';
alter table api_tokens add column scope text not null default 'all' check (scope in ('read', 'all'));
alter table api_tokens add column expires_at bigint null;
alter table api_tokens add column used_at bigint null;
alter table api_tokens add column made_by uuid null references moderators (id);
create index api_tokens_moderator on api_tokens (moderator);

-- The invitation that is open, by the moment it was made: its link names that, so it works once and
-- a newer one takes its place.
alter table moderators add column invited_at bigint null;

-- The key of somebody's one-time codes, sealed. It counts once it is confirmed. A code is taken once:
-- `step` is that of the last one.
create table second_factors (
  moderator     uuid    not null primary key references moderators (id),
  secret        text    not null,
  step          bigint  not null,
  created_at    bigint  not null,
  confirmed_at  bigint
);

-- For whom the key is lost. Keyed values of the codes; one that was used is gone.
create table recovery_codes (
  moderator  uuid    not null references moderators (id),
  code       text    not null,
  primary key (moderator, code)
);

-- Attempts to sign in, for all replicas: when an attempt would again be the first. Keyed, of the name
-- that was typed and of where; a name that nobody has is counted like any.
create table sign_in_attempts (
  key      text    not null primary key,
  free_at  bigint  not null
);
create index sign_in_attempts_free on sign_in_attempts (free_at);
