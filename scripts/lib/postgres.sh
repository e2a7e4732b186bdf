# shellcheck shell=bash
# A throw-away PostgreSQL: its own folder, a free port of 127.0.0.1, durable like a real one (fsync and
# synchronous_commit stay on). Sourced; the caller's EXIT trap calls postgres_stop.
#
#   postgres_start PARENT_FOLDER   sets POSTGRES_URL
#   postgres_stop
set -euo pipefail

POSTGRES_OLDEST=15
POSTGRES_BIN=
POSTGRES_DIR=
POSTGRES_PID=
# shellcheck disable=SC2034 # read by the scripts that source this
POSTGRES_URL=

# Finds the newest PostgreSQL of at least POSTGRES_OLDEST and sets POSTGRES_BIN.
postgres_find() {
  local initdb folder major
  POSTGRES_BIN=
  while read -r initdb; do
    folder=$(dirname "$(readlink -f "$initdb")")
    major=$("$initdb" --version | sed -E 's/^[^0-9]*([0-9]+).*/\1/')
    if [ "${major:-0}" -ge "$POSTGRES_OLDEST" ] && [ -x "$folder/postgres" ] && [ -x "$folder/pg_isready" ]; then
      POSTGRES_BIN=$folder
    fi
  done < <(
    command -v initdb || true
    { find /usr/lib/postgresql -path '*/bin/initdb' 2>/dev/null || true; } | sort -V
  )
  [ -n "$POSTGRES_BIN" ]
}

# PostgreSQL refuses to run as root: there it runs as the package's own user. Replaces the (sub)shell it is called in.
postgres_exec() {
  cd /
  if [ "$(id -u)" = 0 ]; then
    exec setpriv --reuid=postgres --regid=postgres --init-groups "$@"
  else
    exec "$@"
  fi
}

# True when the server that was started here (and no other on the same port) takes connections; false when it ended or
# after 30 s.
postgres_ready() {
  local port=$1 state _
  for _ in $(seq 300); do
    kill -0 "$POSTGRES_PID" 2>/dev/null || return 1
    state=$(sed -n 8p "$POSTGRES_DIR/data/postmaster.pid" 2>/dev/null || true)
    if [ "${state%% *}" = ready ] && "$POSTGRES_BIN/pg_isready" -q -h 127.0.0.1 -p "$port"; then
      return 0
    fi
    sleep 0.1 # pg_isready answers once and does not wait
  done
  return 1
}

postgres_start() {
  local parent=$1 port _
  postgres_find || {
    echo "no PostgreSQL $POSTGRES_OLDEST or newer was found" >&2
    return 1
  }
  POSTGRES_DIR=$(mktemp -d "$parent/replydesk-postgres.XXXXXXXX") || return 1
  if [ "$(id -u)" = 0 ]; then chown postgres "$POSTGRES_DIR"; fi
  if ! (postgres_exec test -w "$POSTGRES_DIR"); then
    echo "the user postgres cannot write under $parent: set TMPDIR to a folder it can enter" >&2
    return 1
  fi
  if ! (postgres_exec "$POSTGRES_BIN/initdb" -D "$POSTGRES_DIR/data" -U postgres -A trust -E UTF8 \
    --locale=C.UTF-8 --no-sync) >"$POSTGRES_DIR/log" 2>&1; then
    cat "$POSTGRES_DIR/log" >&2
    return 1
  fi
  # The port may be taken: the server then ends at once, and another one is tried.
  for _ in 1 2 3 4 5 6 7 8; do
    port=$((RANDOM % 20000 + 40000))
    (postgres_exec "$POSTGRES_BIN/postgres" -D "$POSTGRES_DIR/data" -p "$port" -c listen_addresses=127.0.0.1 \
      -c unix_socket_directories= -c max_connections=300) </dev/null >"$POSTGRES_DIR/log" 2>&1 &
    POSTGRES_PID=$!
    if postgres_ready "$port"; then
      # shellcheck disable=SC2034 # read by the scripts that source this
      POSTGRES_URL=postgres://postgres@127.0.0.1:$port/postgres
      return 0
    fi
    postgres_end
  done
  echo "PostgreSQL did not start; the end of its log:" >&2
  tail -n 20 "$POSTGRES_DIR/log" >&2
  return 1
}

# Ends the server at once (SIGQUIT, an immediate shutdown: its data is thrown away anyway) and waits until it is gone.
postgres_end() {
  [ -n "$POSTGRES_PID" ] || return 0
  kill -QUIT "$POSTGRES_PID" 2>/dev/null || true
  wait "$POSTGRES_PID" 2>/dev/null || true
  POSTGRES_PID=
}

postgres_stop() {
  postgres_end
  if [ -n "$POSTGRES_DIR" ]; then rm -rf "$POSTGRES_DIR"; fi
  POSTGRES_DIR=
}
