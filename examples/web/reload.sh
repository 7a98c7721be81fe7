#!/bin/sh
# Has nginx read its configuration again. When everything starts at once it may not be up yet: it has five seconds.
cd "$(dirname "$0")" || exit
tries=50
until [ -s nginx.pid ] || [ "$((tries -= 1))" -eq 0 ]; do sleep 0.1; done
# Where none runs there is nobody to tell: it reads its configuration when it starts.
[ -s nginx.pid ] || exit 0
exec /usr/sbin/nginx -p "$PWD" -c nginx.conf -s reload
