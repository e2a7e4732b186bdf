-- The first tables. The other database's folder has the same ones, column by column and index by
-- index: only the names of the types differ, and a test compares the two.

-- A site is one publication: its key stands in URLs, its origins say whose pages may post.
create table sites (
  id          blob    not null primary key,
  key         text    not null unique,
  name        text    not null,
  origins     text    not null,
  policy      text    not null,
  version     integer not null,   -- processes ask whether any was raised since they last looked
  created_at  integer not null
) strict;

-- A site's backend proves itself with a token; only its hash is kept.
create table site_tokens (
  hash        text    not null primary key,
  site        blob    not null references sites (id),
  created_at  integer not null
) strict;

-- A page of a site that can carry comments. Provisional: said by a reader, not yet by the site or
-- by an approval. The version counts visible changes, so that rendered pages can be kept by it.
create table articles (
  id              blob    not null primary key,
  site            blob    not null references sites (id),
  key             text    not null,
  url             text    not null,
  title           text    not null,
  section         text,
  provisional     integer not null,
  open            integer not null,
  closes_at       integer,
  approved_count  integer not null,
  version         integer not null,
  changed_at      integer not null,
  created_at      integer not null,
  deleted_at      integer,
  unique (site, key)
) strict, without rowid;
create index articles_changed on articles (changed_at);

-- Who wrote: apart from the comment, sealed under its own id, with keyed indexes for look-ups.
-- A contact can be erased without touching what was said.
create table contacts (
  id             blob    not null primary key,
  site           blob    not null references sites (id),
  purpose        text    not null check (purpose in ('commenter')),
  comment        blob,            -- the way back, for "what else did this person write"
  email          text,            -- sealed
  email_index    text,
  reader_index   text,            -- the site's own signed-in reader, keyed
  address        text,            -- sealed network address
  host_index     text,            -- of the /32 or /64
  network_index  text,            -- of the /24 or /48
  index_key      text    not null,
  expires_at     integer
) strict, without rowid;
create index contacts_email on contacts (email_index);

-- A stored submission. Its texts are revisions; `revision` is the one in force, `waiting` the one
-- that a moderator has yet to see. Every change raises the version: decisions name the one they saw.
create table comments (
  id              blob    not null primary key,
  site            blob    not null references sites (id),
  article         blob    not null references articles (id),
  thread          blob    not null,   -- the top-level comment of its conversation
  parent          blob,               -- where it hangs
  reply_to        blob,               -- whom it answers: differs from parent in deep threads
  depth           integer not null,
  status          text    not null check (status in ('pending', 'approved', 'rejected', 'spam', 'withdrawn')),
  needs           text    check (needs in ('decision', 'edit', 'report', 'appeal', 'escalated')),
  version         integer not null,
  revision        integer not null,
  waiting         integer,
  name            text    not null,
  website         text,
  staff           integer not null,
  notify          text    not null check (notify in ('none', 'outcome', 'replies')),
  form            text    not null check (form in ('web', 'api', 'wordpress', 'import')),
  contact         blob    references contacts (id),
  fingerprint     integer not null,   -- keyed, of the normalised text
  duplicate_key   text    unique,     -- keyed, of article, text, person, place and window
  approved_below  integer not null,   -- approved replies at any depth: keeps a tombstone standing
  submitted_at    integer not null,
  decided_at      integer,
  reason          text,               -- why it was decided so, for its author
  published_at    integer,
  edited_at       integer,
  picked_at       integer
) strict, without rowid;
create index comments_public on comments (article, id)
  where parent is null and (status = 'approved' or approved_below > 0);
create index comments_replies on comments (thread, id)
  where parent is not null and (status = 'approved' or approved_below > 0);
create index comments_waiting on comments (id) where needs is not null;
create index comments_status on comments (status, id);
create index comments_fingerprint on comments (fingerprint, submitted_at);

create table revisions (
  comment       blob    not null references comments (id),
  number        integer not null,
  text          text    not null,
  submitted_at  integer not null,
  primary key (comment, number)
) strict;

-- Why screening did not let a submission pass.
create table findings (
  comment  blob    not null references comments (id),
  number   integer not null,
  code     text    not null,
  term     text,
  weight   integer not null,
  primary key (comment, number)
) strict, without rowid;

-- The same request with the same key gets the same answer: what is needed to build it again.
create table idempotency (
  site         blob    not null references sites (id),
  key          text    not null,
  fingerprint  text    not null,
  comment      blob    not null references comments (id),
  status       integer not null,
  expires_at   integer not null,
  primary key (site, key)
) strict, without rowid;
create index idempotency_expiry on idempotency (expires_at);

-- Messages owed to the outside, written in the transaction that causes them. There is no
-- "running": a lease that ran out is free again.
create table outbox (
  id            blob    not null primary key,
  channel       text    not null check (channel in ('mail')),
  message       text    not null,
  created_at    integer not null,
  due_at        integer not null,
  attempts      integer not null,
  leased_until  integer,
  last_error    text,
  outcome       text    check (outcome in ('sent', 'dropped', 'dead')),
  settled_at    integer
) strict, without rowid;
create index outbox_owed on outbox (due_at, id) where outcome is null;
create index outbox_settled on outbox (settled_at) where outcome is not null;

create table moderators (
  id             blob    not null primary key,
  email          text    not null unique,
  name           text    not null,
  role           text    not null check (role in ('moderator', 'editor', 'admin', 'operator')),
  all_sites      integer not null,
  password_hash  text,
  created_at     integer not null,
  removed_at     integer
) strict;

create table moderator_sites (
  moderator  blob    not null references moderators (id),
  site       blob    not null references sites (id),
  primary key (moderator, site)
) strict;

-- Only hashes of secrets are kept.
create table sessions (
  hash        text    not null primary key,
  moderator   blob    not null references moderators (id),
  created_at  integer not null,
  expires_at  integer not null
) strict;
create index sessions_expiry on sessions (expires_at);

create table api_tokens (
  hash        text    not null primary key,
  moderator   blob    not null references moderators (id),
  created_at  integer not null
) strict;

-- Who did what to which object. Append-only: no statement of the program changes or removes a row.
create table audit (
  id           blob    not null primary key,
  at           integer not null,
  site         blob,
  actor        blob,              -- a moderator; none for the commenter and the command line
  via          text    not null check (via in ('api', 'desk', 'mail', 'rule', 'cli', 'import', 'receipt', 'backend')),
  action       text    not null,
  object       text    not null,
  object_id    blob    not null,
  version      integer,               -- of the object, after the change
  from_status  text,
  to_status    text,
  reason       text
) strict;
create index audit_object on audit (object_id, id);

-- Free text of a decision: apart from the audit row, so that it can be erased.
create table notes (
  audit  blob    not null primary key references audit (id),
  text   text    not null
) strict;
