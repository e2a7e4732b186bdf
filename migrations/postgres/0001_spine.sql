-- The first tables. The other database's folder has the same ones, column by column and index by
-- index: only the names of the types differ, and a test compares the two.

-- A site is one publication: its key stands in URLs, its origins say whose pages may post.
create table sites (
  id          uuid    not null primary key,
  key         text    not null unique,
  name        text    not null,
  origins     jsonb   not null,
  policy      jsonb   not null,
  version     bigint  not null,   -- processes ask whether any was raised since they last looked
  created_at  bigint  not null
);

-- A site's backend proves itself with a token; only its hash is kept.
create table site_tokens (
  hash        text    not null primary key,
  site        uuid    not null references sites (id),
  created_at  bigint  not null
);

-- A page of a site that can carry comments. Provisional: said by a reader, not yet by the site or
-- by an approval. The version counts visible changes, so that rendered pages can be kept by it.
create table articles (
  id              uuid    not null primary key,
  site            uuid    not null references sites (id),
  key             text    not null,
  url             text    not null,
  title           text    not null,
  section         text,
  provisional     boolean not null,
  open            boolean not null,
  closes_at       bigint,
  approved_count  bigint  not null,
  version         bigint  not null,
  changed_at      bigint  not null,
  created_at      bigint  not null,
  deleted_at      bigint,
  unique (site, key)
);
create index articles_changed on articles (changed_at);

-- Who wrote: apart from the comment, sealed under its own id, with keyed indexes for look-ups.
-- A contact can be erased without touching what was said.
create table contacts (
  id             uuid    not null primary key,
  site           uuid    not null references sites (id),
  purpose        text    not null check (purpose in ('commenter')),
  comment        uuid,            -- the way back, for "what else did this person write"
  email          text,            -- sealed
  email_index    text,
  reader_index   text,            -- the site's own signed-in reader, keyed
  address        text,            -- sealed network address
  host_index     text,            -- of the /32 or /64
  network_index  text,            -- of the /24 or /48
  index_key      text    not null,
  expires_at     bigint
);
create index contacts_email on contacts (email_index);

-- A stored submission. Its texts are revisions; `revision` is the one in force, `waiting` the one
-- that a moderator has yet to see. Every change raises the version: decisions name the one they saw.
create table comments (
  id              uuid    not null primary key,
  site            uuid    not null references sites (id),
  article         uuid    not null references articles (id),
  thread          uuid    not null,   -- the top-level comment of its conversation
  parent          uuid,               -- where it hangs
  reply_to        uuid,               -- whom it answers: differs from parent in deep threads
  depth           bigint  not null,
  status          text    not null check (status in ('pending', 'approved', 'rejected', 'spam', 'withdrawn')),
  needs           text    check (needs in ('decision', 'edit', 'report', 'appeal', 'escalated')),
  version         bigint  not null,
  revision        bigint  not null,
  waiting         bigint,
  name            text    not null,
  website         text,
  staff           boolean not null,
  notify          text    not null check (notify in ('none', 'outcome', 'replies')),
  form            text    not null check (form in ('web', 'api', 'wordpress', 'import')),
  contact         uuid    references contacts (id),
  fingerprint     bigint  not null,   -- keyed, of the normalised text
  duplicate_key   text    unique,     -- keyed, of article, text, person, place and window
  approved_below  bigint  not null,   -- approved replies at any depth: keeps a tombstone standing
  submitted_at    bigint  not null,
  decided_at      bigint,
  reason          text,               -- why it was decided so, for its author
  published_at    bigint,
  edited_at       bigint,
  picked_at       bigint
);
create index comments_public on comments (article, id)
  where parent is null and (status = 'approved' or approved_below > 0);
create index comments_replies on comments (thread, id)
  where parent is not null and (status = 'approved' or approved_below > 0);
create index comments_waiting on comments (id) where needs is not null;
create index comments_status on comments (status, id);
create index comments_fingerprint on comments (fingerprint, submitted_at);

create table revisions (
  comment       uuid    not null references comments (id),
  number        bigint  not null,
  text          text    not null,
  submitted_at  bigint  not null,
  primary key (comment, number)
);

-- Why screening did not let a submission pass.
create table findings (
  comment  uuid    not null references comments (id),
  number   bigint  not null,
  code     text    not null,
  term     text,
  weight   bigint  not null,
  primary key (comment, number)
);

-- The same request with the same key gets the same answer: what is needed to build it again.
create table idempotency (
  site         uuid    not null references sites (id),
  key          text    not null,
  fingerprint  text    not null,
  comment      uuid    not null references comments (id),
  status       bigint  not null,
  expires_at   bigint  not null,
  primary key (site, key)
);
create index idempotency_expiry on idempotency (expires_at);

-- Messages owed to the outside, written in the transaction that causes them. There is no
-- "running": a lease that ran out is free again.
create table outbox (
  id            uuid    not null primary key,
  channel       text    not null check (channel in ('mail')),
  message       jsonb   not null,
  created_at    bigint  not null,
  due_at        bigint  not null,
  attempts      bigint  not null,
  leased_until  bigint,
  last_error    text,
  outcome       text    check (outcome in ('sent', 'dropped', 'dead')),
  settled_at    bigint
);
create index outbox_owed on outbox (due_at, id) where outcome is null;
create index outbox_settled on outbox (settled_at) where outcome is not null;

create table moderators (
  id             uuid    not null primary key,
  email          text    not null unique,
  name           text    not null,
  role           text    not null check (role in ('moderator', 'editor', 'admin', 'operator')),
  all_sites      boolean not null,
  password_hash  text,
  created_at     bigint  not null,
  removed_at     bigint
);

create table moderator_sites (
  moderator  uuid    not null references moderators (id),
  site       uuid    not null references sites (id),
  primary key (moderator, site)
);

-- Only hashes of secrets are kept.
create table sessions (
  hash        text    not null primary key,
  moderator   uuid    not null references moderators (id),
  created_at  bigint  not null,
  expires_at  bigint  not null
);
create index sessions_expiry on sessions (expires_at);

create table api_tokens (
  hash        text    not null primary key,
  moderator   uuid    not null references moderators (id),
  created_at  bigint  not null
);

-- Who did what to which object. Append-only: no statement of the program changes or removes a row.
create table audit (
  id           uuid    not null primary key,
  at           bigint  not null,
  site         uuid,
  actor        uuid,              -- a moderator; none for the commenter and the command line
  via          text    not null check (via in ('api', 'desk', 'mail', 'rule', 'cli', 'import', 'receipt', 'backend')),
  action       text    not null,
  object       text    not null,
  object_id    uuid    not null,
  version      bigint,               -- of the object, after the change
  from_status  text,
  to_status    text,
  reason       text
);
create index audit_object on audit (object_id, id);

-- Free text of a decision: apart from the audit row, so that it can be erased.
create table notes (
  audit  uuid    not null primary key references audit (id),
  text   text    not null
);
