-- What readers report.

-- A report about a published comment. From one place a comment is reported once; the place is a keyed value that says nothing
-- beside another comment. Those that came after the last decision are open, and while there is one the comment needs a look.
create table reports (
  id           blob    not null primary key,
  site         blob    not null references sites (id),
  comment      blob    not null,
  revision     integer not null,   -- the text that was reported
  reason       text    not null check (reason in ('illegal', 'abuse', 'spam', 'off-topic', 'other')),
  text         text,
  law          text,               -- of a notice of illegal content
  name         text,               -- sealed
  email        text,               -- sealed
  place        text,               -- keyed; null where it is not known
  reported_at  integer not null,
  expires_at   integer not null
) strict, without rowid;
create unique index reports_place on reports (comment, place);
create index reports_comment on reports (comment, id);
create index reports_expiry on reports (expires_at);
