#!/bin/sh
# The secret is in what its program was given, and neither in the state nor in the history.
set -eu
secret=$(cat api-key)
state=${MUSTER_STATE_DIR:-${XDG_STATE_HOME:-$HOME/.local/state}/muster}
if grep -rqF "$secret" "$state"; then echo "the secret lies in the state" >&2; exit 1; fi
if muster events --since 1d --output json | grep -qF "$secret"; then echo "the secret lies in the history" >&2; exit 1; fi
pid=$(muster instance logs web/0 --lines 1 | sed -n 's/.*as process //p')
tr '\0' '\n' <"/proc/$pid/environ" | grep -qxF "API_KEY=$secret"
