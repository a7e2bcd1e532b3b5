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
# Run the queries anew: the application always answers alike, so the notes still fit.
rm -f "$workspace"/traces/round-1/*.md
casefiles -C "$workspace" run round-1
casefiles -C "$workspace" status
casefiles -C "$workspace" site build

page=$workspace/site/public/index.html
[ -f "$page" ] || {
    printf '%s was not written\n' "$page" >&2
    exit 1
}
printf '\nThe site is built; open this file in a browser:\n  %s\n' "$(pwd)/$page"
