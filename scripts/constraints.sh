#!/bin/sh
# Writes constraints.txt anew: the newest releases that install together on every supported Python.
#
# Resolved in a fresh environment as if on Python 3.11.0, the oldest supported: a package may ask for
# a later patch release than the one at hand (Debian 12 has 3.11.2), or drop 3.11 altogether.
set -eu
unset CDPATH
cd -- "${0%/*}/.."

python=${PYTHON:-python3.11}
"$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null || {
    printf '%s is no working Python 3.11 with venv, which the versions are resolved for; name one with PYTHON=.\n' "$python" >&2
    exit 1
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM

"$python" -m venv "$scratch/venv"
pip() { "$scratch/venv/bin/python" -m pip --quiet --disable-pip-version-check "$@"; }
pip install --upgrade pip
pip install --dry-run --ignore-installed --python-version 3.11.0 --only-binary :all: \
    --target "$scratch/nowhere" --report "$scratch/report.json" --group dev .

"$scratch/venv/bin/python" - "$scratch/report.json" >"$scratch/constraints.txt" <<'PYTHON'
import json
import sys
from importlib.metadata import version

with open(sys.argv[1], encoding="utf-8") as file:
    found = [entry["metadata"] for entry in json.load(file)["install"]]
pins = {p["name"]: p["version"] for p in found if p["name"] != "casefiles"} | {"pip": version("pip")}
print("# The versions casefiles is developed and tested with; the targets of the Makefile install these.")
print("# Made by `make constraints`; not edited by hand.")
for name in sorted(pins, key=str.lower):
    print(f"{name}=={pins[name]}")
PYTHON
cp "$scratch/constraints.txt" constraints.txt
