#!/bin/sh
# A member is killed, and another takes its place.
set -eu
. ./proofs/until.sh
process() { muster instance logs web/0 --lines 1 | sed -n 's/.*as process //p'; }
is_another() { now=$(process); [ -n "$now" ] && [ "$now" != "$1" ]; }
killed=$(process)
kill -9 "$killed"
until_so is_another "$killed"
until_so node proofs/smoke.mjs members
until_so members_are 2
