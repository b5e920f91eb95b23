#!/bin/sh
# make-secrets.sh [FOLDER]: draws the secrets of compose.yaml, each in a file of its own; those that are there stay. The folder is closed to
# others; the files are not, since containers read them as users of their own.
set -eu
folder=${1:-$(CDPATH= cd "$(dirname "$0")" && pwd)/secrets}
mkdir -p "$folder"
chmod 700 "$folder"
cd "$folder"

draw() { head -c 24 /dev/urandom | base64 | tr '+/' '-_'; }
keep() { # NAME TEXT
  [ -e "$1" ] && return
  printf '%s\n' "$2" >"$1"
  chmod 444 "$1"
}

keep first-password "$(draw)"
keep influxdb-password "$(draw)"
keep influxdb-token "$(draw)"
keep postgres-password "$(draw)"
keep postgres-url "postgres://etcdmonitor:$(cat postgres-password)@postgres:5432/etcdmonitor"
