# shellcheck shell=bash
# Debian packages, when they are missing and may be installed. Sourced by the scripts beside this folder.
set -euo pipefail

# Runs a command as root: directly, or with sudo where that needs no password.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

can_install() {
  command -v apt-get >/dev/null || return 1
  [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null
}

# Debian's package would create and start a cluster of its own; only the programs are wanted.
# Called for every install: the file lives no longer than it.
without_clusters() {
  local rule=/etc/postgresql-common/createcluster.d/replydesk.conf status=0
  as_root mkdir -p "${rule%/*}"
  echo 'create_main_cluster = false' | as_root tee "$rule" >/dev/null
  "$@" || status=$?
  as_root rm -f "$rule"
  return "$status"
}

# install_debian PACKAGE...: installs them, or fails with a line that says which are missing.
install_debian() {
  [ $# -gt 0 ] || return 0
  if ! can_install; then
    echo "missing: $* (install these Debian packages, or run this as root)" >&2
    return 1
  fi
  echo "installing: $*"
  as_root apt-get update -qq
  without_clusters as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends -o Dpkg::Options::=--force-confold "$@" </dev/null >/dev/null
}
