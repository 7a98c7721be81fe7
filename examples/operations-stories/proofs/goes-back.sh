#!/bin/sh
# A version that is never healthy is applied: it reaches nobody, and the one before stays.
set -eu
. ./proofs/until.sh
sed 's/VERSION: "1"/VERSION: "bad"/' shop.yaml >bad.yaml
if muster apply bad.yaml --yes >/dev/null 2>&1; then echo "a bad version was taken for a good one" >&2; exit 1; fi
node proofs/smoke.mjs members
muster apply shop.yaml --yes >/dev/null
until_so members_are 2
