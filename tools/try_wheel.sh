#!/bin/sh
# Builds a wheel, installs it into a fresh virtual environment and uses it far from the checkout: the layouts, themes,
# catalogue and fonts must all be inside. The checkout and the editable install are proven by the tests.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
"$root/.venv/bin/python" -m build --wheel --no-isolation --outdir "$place" "$root" >"$place/build.log" 2>&1 || { cat "$place/build.log"; exit 1; }
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install --quiet --disable-pip-version-check -c "$root/constraints.txt" "$place"/*.whl
cd "$place"
export HOME="$place"
venv/bin/noc check
venv/bin/noc snapshot operations --demo --at 2025-10-02T15:30:00Z --size 120x40 --format png -o wall.png
venv/bin/noc snapshot host --demo --theme paper --at 2025-10-02T15:30:00Z --size 80x24 --format txt -o wall.txt
test -s wall.png && test -s wall.txt
echo "the wheel works: $(basename "$place"/*.whl)"
