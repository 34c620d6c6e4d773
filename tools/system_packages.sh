#!/usr/bin/env bash
# Installs the system packages that the course needs, as root; else says what is left out.
set -u

need() { # need COMMAND PACKAGE "what is left out without it"
  command -v "$1" >/dev/null 2>&1 && return
  missing+=("$2")
  left_out+=("$3")
}

missing=()
left_out=()
need chromium chromium "the browser tests"
need bwrap bubblewrap "grading in namespaces (a weaker level of isolation is used)"
need pg_ctlcluster postgresql "the test of a gradebook in PostgreSQL"
[ "${#missing[@]}" -eq 0 ] && exit 0

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing ${missing[*]} ..."
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" >/dev/null && exit 0
  echo "apt-get could not install ${missing[*]}." >&2
fi

for k in "${!missing[@]}"; do
  echo "Missing: ${missing[$k]}. Left out: ${left_out[$k]}. To add it: sudo apt-get install ${missing[$k]}" >&2
done
[ "${CI:-}" = true ] && exit 1
exit 0
