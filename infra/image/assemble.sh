#!/bin/sh
# assemble.sh FOLDER: what the image holds beside Node, from a checkout whose user interface is built. FOLDER/app: the program as it is in the
# checkout (Node runs it from source, which it does outside node_modules alone), without tests and with the packages it needs at run time.
# FOLDER/folders: what it writes to.
set -eu
out=$1
from=$(CDPATH= cd "$(dirname "$0")/../.." && pwd)
pnpm='npx -y pnpm@12.21.0'

mkdir -p "$out/app/packages/ui" "$out/app/test/rig"
cd "$from"
cp package.json pnpm-lock.yaml pnpm-workspace.yaml "$out/app/"
cp test/rig/package.json "$out/app/test/rig/" # the lockfile names it
cp packages/ui/package.json "$out/app/packages/ui/"
cp -R packages/ui/dist "$out/app/packages/ui/"
for package in core adapters api collector cli; do
  mkdir "$out/app/packages/$package"
  cp -R "packages/$package/package.json" "packages/$package/src" "$out/app/packages/$package/"
done
cp -R packages/api/assets "$out/app/packages/api/"
find "$out/app/packages" \( -name '*.test.ts' -o -name '*.contract.ts' \) -type f -exec rm {} +

cd "$out/app"
CI=true $pnpm install --prod --frozen-lockfile --filter '@etcdmonitor/cli...'
rm -r test pnpm-lock.yaml node_modules/node-linux-* node_modules/.pnpm/node-linux-* # the image has a Node already

umask 077
mkdir -p "$out/folders/var/lib/etcdmonitor" "$out/folders/run/etcdmonitor/collector" "$out/folders/run/etcdmonitor/console"
chmod 755 "$out/folders" "$out/folders/var" "$out/folders/var/lib" "$out/folders/run" "$out/folders/run/etcdmonitor"
