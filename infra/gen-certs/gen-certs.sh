#!/usr/bin/env bash
# Issues certificates for trying etcd, or the console, with TLS; with a CA of its own whose key lies beside them, so not for production.
#
#   gen-certs.sh FOLDER NAME HOST...   NAME.pem, NAME-key.pem for a member or console that is reached under these names or addresses
#   gen-certs.sh FOLDER NAME           NAME.pem, NAME-key.pem for a client; etcd takes NAME (the CN) for its user
#
# FOLDER gets ca.pem and ca-key.pem at the first call; an existing NAME is replaced. They hold for a year, or until
# NOT_AFTER (20300131000000Z).
set -euo pipefail

if [ $# -lt 2 ]; then
  sed -n '2,8s/^#$//p; 2,8s/^# //p' "$0" >&2
  exit 64
fi
folder=$1 name=$2
shift 2
case $name in
  ca | */* | -*)
    echo "gen-certs.sh: NAME is \"$name\"; wanted the name of a file in FOLDER other than ca, which is the issuer's own" >&2
    exit 64
    ;;
esac
umask 077
mkdir -p "$folder/.ca"
cd "$folder"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"; }

if [ ! -e ca.pem ]; then
  key ca-key.pem
  openssl req -x509 -new -key ca-key.pem -sha256 -days 3650 -subj '/CN=etcdmonitor test CA' -out ca.pem \
    -addext 'keyUsage=critical,keyCertSign,cRLSign'
fi

# A member shows its certificate as a client too: to other members, and to itself behind its JSON gateway.
usage=clientAuth names=
for host in "$@"; do
  usage=serverAuth,clientAuth
  case $host in
    *:*) names+=,IP:$host ;;
    *[!0-9.]*) names+=,DNS:$host ;;
    *) names+=,IP:$host ;;
  esac
done

cat >"$work/ca.cnf" <<CONFIG
[ca]
default_ca = this
[this]
certificate = ca.pem
private_key = ca-key.pem
new_certs_dir = $work
database = .ca/index.txt
rand_serial = yes
unique_subject = no
default_md = sha256
policy = policy
x509_extensions = leaf
[policy]
commonName = supplied
[leaf]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = $usage
${names:+subjectAltName = ${names#,}}
CONFIG
touch .ca/index.txt

# `openssl ca`, since the simpler `openssl x509 -req` takes no dates before OpenSSL 3.4.
validity=(-days 365)
[ -z "${NOT_AFTER:-}" ] || validity=(-startdate 20200101000000Z -enddate "$NOT_AFTER")
key "$name-key.pem"
openssl req -new -key "$name-key.pem" -subj "/CN=$name" -out "$work/request.pem"
openssl ca -batch -notext -config "$work/ca.cnf" -in "$work/request.pem" -out "$name.pem" "${validity[@]}" 2>"$work/log" ||
  { cat "$work/log" >&2 && exit 1; }
