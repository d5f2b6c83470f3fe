#!/bin/sh
# Print the path of a Python 3.12 that can make virtual environments, or say how to get one.
# PYTHON=/path/to/python, where set, is tried first. A candidate is run before it is believed:
# a version manager's shim may exist for a version that it then refuses to start.
set -u

probe='
import sys
if sys.version_info[:2] != (3, 12): sys.exit(1)
import ensurepip, venv
print(getattr(sys, "_base_executable", "") or sys.executable)
'
home=${HOME:-/nonexistent}

candidates() {
    if [ -n "${PYTHON:-}" ]; then echo "$PYTHON"; fi
    for name in python3.12 python3 python; do command -v "$name"; done
    for path in \
        "${PYENV_ROOT:-$home/.pyenv}"/versions/3.12*/bin/python \
        "${ASDF_DATA_DIR:-$home/.asdf}"/installs/python/3.12*/bin/python \
        "${XDG_DATA_HOME:-$home/.local/share}"/mise/installs/python/3.12*/bin/python \
        "${XDG_DATA_HOME:-$home/.local/share}"/uv/python/cpython-3.12*/bin/python3.12 \
        /usr/bin/python3.12 /usr/local/bin/python3.12 \
        /opt/homebrew/bin/python3.12 /opt/homebrew/opt/python@3.12/bin/python3.12 /usr/local/opt/python@3.12/bin/python3.12 \
        /Library/Frameworks/Python.framework/Versions/3.12/bin/python3.12 \
        "${CONDA_PREFIX:-$home/miniconda3}"/bin/python "$home"/miniforge3/bin/python \
        /opt/python/*3.12*/bin/python /opt/hostedtoolcache/Python/3.12*/x64/bin/python; do
        if [ -x "$path" ]; then echo "$path"; fi
    done
}

how_to_install() {
    if command -v brew; then echo "brew install python@3.12"
    elif command -v dnf; then echo "sudo dnf install python3.12"
    elif command -v pacman || command -v zypper || ! command -v apt-get; then echo "uv python install 3.12   (https://docs.astral.sh/uv)"
    elif apt-cache show python3.12; then echo "sudo apt-get install python3.12 python3.12-venv"
    elif command -v pyenv; then echo "pyenv install 3.12"
    else echo "uv python install 3.12   (https://docs.astral.sh/uv; this system's apt offers no Python 3.12)"
    fi 2>/dev/null | tail -n 1
}

found=$(candidates 2>/dev/null | while IFS= read -r candidate; do
    if path=$("$candidate" -c "$probe" 2>/dev/null) && [ -n "$path" ]; then
        echo "$path"
        break
    fi
done)
if [ -n "$found" ]; then
    echo "$found"
    exit 0
fi

without_venv=$(candidates 2>/dev/null | while IFS= read -r candidate; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 12))' 2>/dev/null; then echo "$candidate"; break; fi
done)
if [ -n "$without_venv" ]; then
    echo "$without_venv cannot make virtual environments: its ensurepip module is missing." >&2
    echo "Install it with: sudo apt-get install python3.12-venv" >&2
else
    echo "returncast needs Python 3.12, and none was found (the default is $(python3 --version 2>/dev/null || echo absent))." >&2
    echo "Install it with: $(how_to_install)" >&2
    echo "If you have one elsewhere, name it: make setup PYTHON=/path/to/python3.12" >&2
fi
exit 1
