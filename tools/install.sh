# Installs what is missing; sourced by ./dev. When nothing is missing it costs one dpkg-query.

# The Debian packages of the given groups that are not installed.
missing_packages() { # GROUP...
  local group package wanted=()
  while read -r group package _; do
    case $group in '#'* | '') continue ;; esac
    case " $* " in *" $group "*) ;; *) continue ;; esac
    # Machines with Node from elsewhere have npm with it, and it conflicts with Debian's package.
    if [ "$package" = npm ] && command -v npm >/dev/null; then continue; fi
    wanted+=("$package")
  done <tools/packages.txt
  dpkg-query -W -f '${binary:Package} ${db:Status-Status}\n' "${wanted[@]}" 2>/dev/null |
    sed -n 's/^\([^: ]*\)[^ ]* installed$/\1/p' | sort -u >"$dev_tmp/installed" || true
  printf '%s\n' "${wanted[@]}" | sort -u | comm -23 - "$dev_tmp/installed"
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@" </dev/null
  elif [ -t 0 ]; then
    sudo "$@"
  else
    sudo -n "$@" </dev/null
  fi
}

apt_install() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
    -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 -o Acquire::Retries=3 "$@" >"$dev_tmp/apt" 2>&1 ||
    { tail -30 "$dev_tmp/apt" >&2; die "apt-get could not install: $*"; }
}

# Debian's postgresql-15 makes and starts a cluster when it is installed. The tests bring their own, so that is
# switched off while the package is installed; the setting is then as it was before.
apt_install_postgresql() {
  local conf=/etc/postgresql-common/createcluster.conf
  apt_install postgresql-common
  cp -p "$conf" "$dev_tmp/createcluster.conf"
  createcluster_changed=1
  as_root sh -c "echo 'create_main_cluster = false' >>'$conf'"
  apt_install postgresql-15
  put_back_createcluster
}
put_back_createcluster() {
  if [ -z "$createcluster_changed" ]; then return 0; fi
  createcluster_changed=""
  as_root cp -p "$dev_tmp/createcluster.conf" /etc/postgresql-common/createcluster.conf
}

install_packages() { # GROUP...
  local missing
  mapfile -t missing < <(missing_packages "$@")
  if [ ${#missing[@]} -eq 0 ]; then return 0; fi
  command -v apt-get >/dev/null || die "please install: ${missing[*]} (this machine has no apt-get)"
  if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
    die "these Debian packages are missing, and there is neither root nor sudo to install them: ${missing[*]}"
  fi
  say "installing Debian packages: ${missing[*]}"
  as_root apt-get update -q -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 >"$dev_tmp/apt" 2>&1 ||
    { tail -30 "$dev_tmp/apt" >&2; die "apt-get update failed; missing are: ${missing[*]}"; }
  local rest=() package
  for package in "${missing[@]}"; do
    if [ "$package" = postgresql-15 ]; then apt_install_postgresql; else rest+=("$package"); fi
  done
  if [ ${#rest[@]} -gt 0 ]; then apt_install "${rest[@]}"; fi
}

# Unpacks a package that cannot be installed, of the version that an installed one has, into .tools/.
unpack_package() { # NAME BESIDE
  local version home=.tools/$1 fresh
  version=$(dpkg-query -W -f '${Version}' "$2")
  if [ "$(cat "$home/.version" 2>/dev/null)" = "$version" ]; then return 0; fi
  say "unpacking $1 $version"
  mkdir -p .tools "$dev_tmp/unpack"
  fresh=$(mktemp -d .tools/new.XXXXXX)
  (cd "$dev_tmp/unpack" && apt-get download -q -o APT::Sandbox::User=root -o Acquire::Retries=3 "$1=$version" </dev/null) \
    >"$dev_tmp/apt" 2>&1 || { tail -30 "$dev_tmp/apt" >&2; die "apt-get could not download $1"; }
  dpkg-deb -x "$dev_tmp/unpack/$1"_*.deb "$fresh"
  echo "$version" >"$fresh/.version"
  rm -rf "$home"
  mv "$fresh" "$home"
}

# libphonenumber-dev depends on the headers of Boost 1.74, which conflict with those of 1.81. Its own use nothing of Boost.
unpack_phonenumber() {
  # Where it can be installed, as on later releases, it is used from there.
  if [ -e /usr/include/phonenumbers/phonenumberutil.h ]; then return 0; fi
  with_lock unpack unpack_package libphonenumber-dev libphonenumber8
}

# The pinned archive of that name as NAME@VERSION and its hash, from tools/node.txt.
pinned() { # NAME
  awk -v name="$1" 'index($1, name "@") == 1 { print $1, $2 }' tools/node.txt
}

# Fetches a pinned archive with whatever npm there is and unpacks it, if its hash is the pinned one.
fetch_pinned() { # NAME FOLDER
  local spec hash file actual
  read -r spec hash < <(pinned "$1") || die "tools/node.txt does not pin $1"
  mkdir -p "$dev_tmp/fetch" "$2"
  file=$(cd "$dev_tmp/fetch" && npm pack --silent --ignore-scripts "$spec" </dev/null | tail -1) ||
    die "npm could not fetch $spec"
  actual=sha512-$(openssl dgst -sha512 -binary "$dev_tmp/fetch/$file" | base64 -w0)
  [ "$actual" = "$hash" ] || die "$spec has the hash $actual, but tools/node.txt pins $hash"
  tar -xzf "$dev_tmp/fetch/$file" -C "$2" --strip-components=1 --no-same-owner
  rm -f "$dev_tmp/fetch/$file"
}

node_arch() {
  case $(uname -m) in
    x86_64) echo x64 ;;
    aarch64) echo arm64 ;;
    *) die "there is no pinned Node for $(uname -m)" ;;
  esac
}

fetch_node() { # FOLDER
  if [ -x "$1/bin/npm" ]; then return 0; fi
  command -v npm >/dev/null || die "no npm on PATH to fetch the pinned Node with"
  say "fetching Node ${1##*/node-}"
  local fresh
  fresh=$(mktemp -d .tools/new.XXXXXX)
  fetch_pinned "node-linux-$(node_arch)" "$fresh"
  fetch_pinned npm "$fresh/lib/node_modules/npm"
  ln -sf ../lib/node_modules/npm/bin/npm-cli.js "$fresh/bin/npm"
  ln -sf ../lib/node_modules/npm/bin/npx-cli.js "$fresh/bin/npx"
  chmod 755 "$fresh" "$fresh"/bin/node "$fresh"/lib/node_modules/npm/bin/*.js
  [ "$("$fresh/bin/node" --version)" = "v${1##*/node-}" ] || die "the fetched Node does not run"
  rm -rf "$1"
  mv "$fresh" "$1"
}

# Puts the pinned Node and npm on PATH, fetching them first if they are not there.
install_node() {
  local spec home
  read -r spec _ < <(pinned "node-linux-$(node_arch)") || die "tools/node.txt pins no Node"
  home=$root/.tools/node-${spec#*@}
  mkdir -p .tools
  if [ ! -x "$home/bin/npm" ]; then with_lock node fetch_node "$home"; fi
  export PATH="$home/bin:$PATH"
}

# Makes sure that everything of these groups is there, and that the portal's group finds its Node on PATH.
need() { # GROUP...
  if [ -n "${MENKYO_NO_INSTALL:-}" ]; then return 0; fi
  command -v dpkg-query >/dev/null ||
    die "this machine is no Debian; install what tools/packages.txt lists and set MENKYO_NO_INSTALL=1"
  if [ -n "$(missing_packages "$@")" ]; then with_lock install install_packages "$@"; fi
  case " $* " in *" build "*) unpack_phonenumber ;; esac
  case " $* " in *" portal "*) install_node ;; esac
}

dev_tmp=$(mktemp -d)
createcluster_changed=""
dev_exit() {
  put_back_createcluster || true
  rm -rf "$dev_tmp"
}
trap dev_exit EXIT
