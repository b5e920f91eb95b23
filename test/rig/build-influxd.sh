#!/usr/bin/env bash
# Builds InfluxDB 2 once from its Go module into <cache>/influxd-v<version>/influxd and prints that path: minutes, and GB in the caches of Go
# and cargo. Needs Go 1.24, cargo, gcc, pkg-config; see servers.ts for the cache.
# usage: build-influxd.sh [version]
set -euo pipefail

version=${1:-2.8.0}
cache=${XDG_CACHE_HOME:-$HOME/.cache}/etcdmonitor
target=$cache/influxd-v$version
module=github.com/influxdata/influxdb/v2
mkdir -p "$cache"

exec 9>"$cache/influxd-v$version.lock"
flock 9
if [ ! -x "$target/influxd" ]; then
  part=$(mktemp -d "$cache/influxd-v$version.part-XXXXXX")
  trap 'rm -rf "$part"' EXIT
  mkdir "$part/bin" "$part/build" "$part/out"
  cd "$part/build"
  export GOFLAGS=-mod=mod GOTOOLCHAIN=local GOWORK=off

  # A wrapper of InfluxData's that builds libflux with cargo and asks the real pkg-config for everything else.
  GOBIN=$part/bin go install github.com/influxdata/pkg-config@v0.2.7 >&2

  # `go install …@version` refuses the module for its replace directives: ours is its go.mod under another name.
  source=$(cd "$part" && go mod download -json "$module@v$version" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
  sed -e 's/^module .*/module influxdbuild/' -e '/^toolchain /d' "$source/go.mod" >go.mod
  cp "$source/go.sum" go.sum
  chmod u+w go.sum
  go mod edit -require="$module@v$version"

  # Flux pins an old compiler and denies warnings; newer ones have more of them, and RUSTFLAGS would not reach its build script.
  cat >"$part/bin/rustc-warns" <<'WRAPPER'
#!/bin/sh
case " $* " in *' --cap-lints '*) exec "$@" ;; esac
exec "$@" --cap-lints warn
WRAPPER
  chmod +x "$part/bin/rustc-warns"
  export RUSTC_WRAPPER=$part/bin/rustc-warns
  if command -v rustup >/dev/null; then
    RUSTUP_TOOLCHAIN=$(cd / && rustup show active-toolchain | cut -d' ' -f1)
    export RUSTUP_TOOLCHAIN
  fi
  export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=2 CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16

  # Once on PATH, no more: the wrapper looks for the real pkg-config behind itself.
  PATH=$part/bin:$PATH go build -tags sqlite_foreign_keys,sqlite_json -ldflags "-s -w -X main.version=$version" \
    -o "$part/out/influxd" "$module/cmd/influxd" >&2
  rm -rf "$target"
  mv "$part/out" "$target"
fi
printf '%s\n' "$target/influxd"
