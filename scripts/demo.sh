#!/bin/sh
# The whole loop on the embedded demo application, in a scratch workspace; commits nothing.
set -eu
unset CDPATH
cd -- "${0%/*}/.."

workspace=.demo
casefiles() {
    printf '\n$ casefiles %s\n' "$*"
    .venv/bin/casefiles "$@"
}

rm -rf "$workspace"
casefiles init "$workspace" --demo
casefiles -C "$workspace" run
casefiles -C "$workspace" status
casefiles -C "$workspace" site build

page=$workspace/site/public/index.html
[ -f "$page" ] || {
    printf '%s was not written\n' "$page" >&2
    exit 1
}
printf '\nThe site is built; open this file in a browser:\n  %s\n' "$(pwd)/$page"
