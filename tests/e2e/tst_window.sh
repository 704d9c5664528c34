#!/bin/bash
# The real window on a display of its own: loads a model by clicking, chats, comes back after a restart.
# Usage: tst_window.sh BUILD [SCRIPT [FOLDER]]. Runs SCRIPT (window_test.py); pictures are kept in
# BUILD/screenshots/FOLDER (e2e). Exits with 77 where a tool is missing.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=$(cd "${1:?Usage: tst_window.sh BUILD [SCRIPT [FOLDER]]}" && pwd)
script=${2:-window_test.py}
pictures=$build/screenshots/${3:-e2e}
python=/usr/bin/python3 # Debian's, which has the bindings

for tool in Xvfb openbox xdotool import dbus-run-session; do
    command -v $tool >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
done
$python -c 'import gi; gi.require_version("Atspi", "2.0")' 2>/dev/null || {
    echo "skipped: python3-gi and gir1.2-atspi-2.0 are not installed"
    exit 77
}

place=$(mktemp -d)
pids=()
cleanUp() {
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    rm -rf -- "$place"
}
trap cleanUp EXIT
mkdir -m 700 "$place/runtime"
rm -rf -- "$pictures"
mkdir -p "$pictures"

# The server chooses a free display and says which one when it is ready.
mkfifo "$place/display"
Xvfb -displayfd 3 -screen 0 1366x900x24 -nolisten tcp 3>"$place/display" >"$place/xvfb.log" 2>&1 &
pids+=($!)
read -r -t 30 display <"$place/display" || { cat "$place/xvfb.log"; exit 1; }
export DISPLAY=:$display
unset WAYLAND_DISPLAY QT_QPA_PLATFORM

export HOME=$place XDG_RUNTIME_DIR=$place/runtime LC_ALL=C.UTF-8
export QT_LINUX_ACCESSIBILITY_ALWAYS_ON=1 QT_LOGGING_RULES='qt.text*=false'
openbox >"$place/openbox.log" 2>&1 &
pids+=($!)

dbus-run-session -- $python "$here/$script" "$build/bin/rookery" "$pictures" "$place/profile"
