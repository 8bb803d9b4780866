#!/bin/sh
# models.sh - customer-base models beside the package lifetimes: models.py.
#
# Environment: B the build directory; BENCH_DIRECTORY for data; that of
# models.py.  An environment with lifetimes is made below $B where pip can;
# where it can't, models.py says what it measures against.
set -eu
B=${B:-build}
here=$(dirname "$0")
data=${BENCH_DIRECTORY:-$B/bench-data}
mkdir -p "$data"
python=python3
if ! $python -c 'import lifetimes' 2>/dev/null; then
    place=$B/bench-python
    if [ ! -x "$place/bin/python" ]; then
        python3 -m venv --system-site-packages "$place" >/dev/null 2>&1 &&
            "$place/bin/pip" install --quiet lifetimes \
                >"$data/pip.log" 2>&1 ||
            echo "models: lifetimes can't be installed" >&2
    fi
    if [ -x "$place/bin/python" ]; then
        python=$place/bin/python
    fi
fi
B=$B "$python" "$here/models.py" "$data"
