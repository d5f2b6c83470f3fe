#!/bin/sh
# Bring .venv to what poetry.lock says; with --java, first make sure that there is a Java for Spark.
# Where all is in place this takes a tenth of a second and needs no network.
set -eu
scripts=$(dirname "$0")
current=no
if [ -x .venv/bin/python ] && .venv/bin/python -I "$scripts/environment.py" --check 2>/dev/null; then
    current=yes
    python=.venv/bin/python
else
    python=$("$scripts/find-python.sh")
fi
if [ "${1:-}" = --java ]; then
    "$python" -I "$scripts/find_java.py" > /dev/null
fi
if [ $current = no ]; then
    exec "$python" -I "$scripts/environment.py"
fi
