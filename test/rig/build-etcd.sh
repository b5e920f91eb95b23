#!/usr/bin/env bash
# Builds etcd once from its Go module into <cache>/etcd-v<version>/etcd, beside it etcdutl from 3.6 on, and prints the path of etcd.
# Needs Go; see servers.ts for the cache.
# usage: build-etcd.sh [version]
set -euo pipefail

version=${1:-3.6.16}
cache=${XDG_CACHE_HOME:-$HOME/.cache}/etcdmonitor
target=$cache/etcd-v$version
mkdir -p "$cache"

# Without a checkout around, Go asks no version control; the toolchain is the installed one or none.
export GOFLAGS=-mod=mod GOTOOLCHAIN=local GOWORK=off CGO_ENABLED=0

exec 9>"$cache/etcd-v$version.lock"
flock 9
if [ ! -x "$target/etcd" ]; then
  part=$(mktemp -d "$cache/etcd-v$version.part-XXXXXX")
  trap 'rm -rf "$part"' EXIT
  cd "$part"
  # `go install …@version` refuses the module for its replace directives; as a dependency it builds.
  printf 'module etcdbuild\n' >go.mod
  go get "go.etcd.io/etcd/server/v3@v$version" >&2
  go build -o etcd go.etcd.io/etcd/server/v3 >&2
  rm -rf "$target"
  mv "$part" "$target"
fi
# Snapshots of older releases are restored by etcdctl.
case $version in 3.[0-5].*) ;; *)
  if [ ! -x "$target/etcdutl" ]; then
    cd "$target"
    go get "go.etcd.io/etcd/etcdutl/v3@v$version" >&2
    go build -o etcdutl.part go.etcd.io/etcd/etcdutl/v3 >&2
    mv etcdutl.part etcdutl
  fi
  ;;
esac
printf '%s\n' "$target/etcd"
