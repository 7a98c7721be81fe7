#!/usr/bin/env bash
# From source to a healthy, checked group of three: ./pipeline.sh
# With a mistake in it, to see what becomes of that: ./pipeline.sh panic
# Needs gcc, QEMU, curl, and a `muster serve` that runs. MUSTER is the command, where it is not on the PATH.
set -euo pipefail
cd "$(dirname "$0")"
MUSTER=${MUSTER:-muster}
registry=${REGISTRY:-registry}
mkdir -p build

say() { printf '\n== %s\n' "$*"; }

give_up() {
  printf '%s\n' "$*" >&2
  exit 1
}

# Runs the image, and asks it what people will ask it.
check() {
  : >build/said
  $MUSTER image run "$1" >build/console 2>build/said &
  local run=$! url
  trap "kill $run 2>/dev/null || true" EXIT
  until grep -q 'is ready' build/said; do
    kill -0 "$run" 2>/dev/null || give_up "it has ended: $(cat build/said)"
    sleep 0.1
  done
  url=$(sed -n 's/.* is \(http:.*\)$/\1/p' build/said)
  expect "$url/" 200 "hello from version ${VERSION:-1}"
  expect "$url/health" 200 well
  expect "$url/nowhere" 404 nothing
  kill "$run"
  wait "$run"
  trap - EXIT
}

# URL, the status and a part of what is to be answered.
expect() {
  local answer
  answer=$(curl -sS --max-time 10 -w '%{http_code}' "$1")
  [[ $answer == *"$3"*"$2" ]] || give_up "$1 answers: $answer"
  echo "$1 answers $2: ${answer%%$'\n'*}"
}

roll_out() {
  sed "s#/srv/shop#$PWD#g" shop.yaml >build/shop.yaml
  $MUSTER apply build/shop.yaml --yes
}

# Asks the members one after the other, until there is a file that says that it is enough.
ask_on() {
  until [ -e build/enough ]; do
    while read -r url; do
      curl -fsS --max-time 10 -o /dev/null "$url/" && echo answered || echo "$url failed"
      sleep 0.05
    done <members
  done >build/asked 2>&1
}

$MUSTER group ls >/dev/null || give_up 'There is no Muster that keeps what is rolled out. Start one: muster serve'

if [ "${1:-}" = panic ]; then
  [ -e members ] || give_up 'There is nothing yet that could be kept. First: ./pipeline.sh'
  say 'Build, with a mistake: it panics when it is asked for its health'
  BROKEN=1 $MUSTER image build image.yaml

  say 'Try it: here it would end'
  if $MUSTER image run hello --try; then give_up 'The trial has not seen it.'; fi

  say 'Roll it out all the same, while somebody asks on'
  rm -f build/enough
  ask_on &
  asking=$!
  trap 'touch build/enough' EXIT
  if roll_out 2>build/refusal; then give_up 'The rollout has not seen it.'; fi
  touch build/enough
  wait "$asking"
  if grep -v '^answered$' build/asked; then give_up 'Not everybody was answered.'; fi

  say "All of $(grep -c answered build/asked) requests were answered, and it is as it was before"
  cat build/refusal
  grep -q 'rollout.reverted' build/refusal || give_up 'It was not reverted.'
  exit
fi

say 'Build'
$MUSTER image build image.yaml
digest=$($MUSTER image inspect hello --output json | sed 's/.*"digest":"\([^"]*\)".*/\1/')
echo "$digest"

say 'Try it: it boots, and is healthy'
$MUSTER image run "$digest" --try

say 'Check it over HTTP'
check "$digest"

say "Publish it to $registry, and verify it there"
$MUSTER image export hello "$registry"
$MUSTER image verify "$digest" --dir "$registry"

say 'Roll it out'
roll_out
until [ "$(wc -l <members)" -eq 3 ]; do sleep 0.1; done
while read -r url; do expect "$url/" 200 "hello from version ${VERSION:-1}"; done <members
