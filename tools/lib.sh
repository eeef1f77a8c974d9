# Shared by ./dev and its helpers; sourced, never run. The current folder is the project's root.

say() { echo "dev: $*" >&2; }
die() { echo "dev: $*" >&2; exit 1; }
die_usage() { echo "dev: $*" >&2; exit 2; }

# Runs a function while no other ./dev of this tree holds the lock of that name.
with_lock() { # NAME FUNCTION [ARG...]
  local name=$1 fd
  shift
  mkdir -p build
  exec {fd}>"build/.$name.lock"
  lock_fds+=("$fd")
  if ! flock -n "$fd"; then
    say "waiting for another ./dev in this folder"
    flock "$fd"
  fi
  "$@"
  exec {fd}>&-
  unset 'lock_fds[-1]'
}
lock_fds=()

# Closes the locks in a process that may outlive this one; call it in a subshell.
drop_locks() {
  local fd
  for fd in "${lock_fds[@]}"; do exec {fd}>&-; done
}

# What the portal's build depends on, in one word.
portal_hash() {
  {
    cat tools/node.txt
    find portal docs/guide -type f -not -path '*/node_modules/*' -not -path 'portal/dist/*' -not -path 'portal/e2e/*' -print0 |
      sort -z | xargs -0 sha256sum
  } | sha256sum | cut -d' ' -f1
}

# Brings portal/node_modules to what package-lock.json says. No package runs code at install.
portal_modules() {
  local stamp=portal/node_modules/.stamp now
  now=$(cat tools/node.txt portal/package.json portal/package-lock.json | sha256sum | cut -d' ' -f1)
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$now" ]; then return 0; fi
  say "installing the portal's packages"
  (cd portal && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error </dev/null) || return 1
  echo "$now" >"$stamp"
}

# Goes on as another program; the trap that removes the temporary folder would not run then.
become() {
  rm -rf "$dev_tmp"
  exec "$@"
}
