#!/bin/sh
# A third member is asked for, and taken away again; whoever reads the file of the members knows of it.
set -eu
. ./proofs/until.sh
muster group scale web 3 >/dev/null
until_so members_are 3
muster group scale web 2 >/dev/null
until_so members_are 2
until_so node proofs/smoke.mjs members
