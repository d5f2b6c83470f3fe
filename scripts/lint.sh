#!/bin/sh
# Run every check over the paths given, all of them even when one fails, and say at the end which failed.
set -u
bin=.venv/bin
export COLUMNS="${COLUMNS:-120}" # where there is no terminal, as wide as the code
failed=""

check() { # name, what it looks for, command...
    name=$1
    printf '\n== %s: %s\n' "$name" "$2"
    shift 2
    "$@" || failed="$failed $name"
}

check ruff "style, likely bugs, docstrings" $bin/python -m ruff check --quiet "$@"
check format "layout of the code" $bin/python -m ruff format --check --quiet "$@"
check mypy "types, strictly" $bin/python -m mypy src luigi_tasks scripts benchmarks
check import-linter "which layer may import which" $bin/lint-imports --no-logo
check vulture "code that nothing uses" $bin/python -m vulture

if [ -n "$failed" ]; then
    printf '\nNot clean:%s\n' "$failed"
    exit 1
fi
printf '\nAll clean.\n'
