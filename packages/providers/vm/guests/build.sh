#!/bin/sh
# Builds the guests into a folder: sh build.sh FOLDER. It is what src/guests.ts does, for whoever wants to try something.
set -eu
LC_ALL=C
export LC_ALL
into=$(mkdir -p "$1" && cd "$1" && pwd)
cd "$(dirname "$0")/unikernel"
gcc @machine.flags -o "$into/unikernel.elf" app.c shared/*.c machine/*.[Sc]
gcc @host.flags -o "$into/host" host.c app.c shared/*.c
cd ../init
gcc @init.flags -o "$into/init" *.c
