#!/bin/bash
# Mixes two states of the pack with the mouse in the real window and moves a fader while an answer is written.
# Usage: tst_mixer.sh BUILD. Pictures are kept in BUILD/screenshots/e2e-mixer. Exits with 77 where a tool is missing.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
exec "$here/tst_window.sh" "${1:?Usage: tst_mixer.sh BUILD}" mixer_test.py e2e-mixer
