#!/bin/sh
# Builds app.c twice: as a unikernel, and as a program to develop with. Needs gcc (Debian: gcc, libc6-dev).
# MUSTER_GUESTS is where Muster has what both stand on; VERSION is what the application says of itself.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$here/build"
cd "${MUSTER_GUESTS:-$here/../../packages/providers/vm/guests}/unikernel"

set -- -I. "-DHELLO_VERSION=\"${VERSION:-1}\"" ${BROKEN:+-DHELLO_BROKEN}
gcc @machine.flags "$@" -o "$here/build/hello.elf" "$here/app.c" shared/*.c machine/*.[Sc]
gcc @host.flags "$@" -o "$here/build/hello" host.c "$here/app.c" shared/*.c
