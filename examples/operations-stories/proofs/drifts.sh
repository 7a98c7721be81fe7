#!/bin/sh
# A file is changed behind Muster's back: it is put right, and written down.
set -eu
. ./proofs/until.sh
before=$(cat motd)
is_right() { [ "$(cat motd)" = "$before" ]; }
echo "Open on Sundays." >motd
until_so is_right
muster events --type resource.drifted,resource.changed --output json | grep -q motd
