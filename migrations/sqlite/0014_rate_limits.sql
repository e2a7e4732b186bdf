-- How much of a limit somebody has used up, for all replicas: one row for each limit and place. A place is a
-- keyed value, never an address or a prefix: it names its limit, so that no two of them meet, and is made with
-- the current index key. Under another key the places are other ones, so all begin anew, and what was kept
-- under the old one is swept like the rest.
-- With SQLite there is one process, which remembers by itself; the table is there and stays empty.
create table rate_limits (
  key         text    not null primary key,
  -- The moment from which it is as if nothing had ever come: the theoretical arrival time of GCRA. It never goes
  -- back, whatever the clocks of replicas say.
  free_at     integer not null,
  -- When it may be swept, some time after that, since clocks differ. In steps of ten minutes: most changes leave
  -- it, and its index, as it is.
  expires_at  integer not null
) strict, without rowid;
create index rate_limits_expiry on rate_limits (expires_at);
