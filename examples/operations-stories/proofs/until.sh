# Asks again until it is so, some 20 s at most; then says what did not come to be.
until_so() {
  tries=0
  until "$@" >/dev/null 2>&1; do
    tries=$((tries + 1))
    if [ "$tries" -ge 60 ]; then echo "it did not come to be: $*" >&2; exit 1; fi
    sleep 0.3
  done
}

members_are() { [ "$(wc -l <members)" -eq "$1" ]; }
