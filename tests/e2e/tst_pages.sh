#!/bin/bash
# Looks at states, blends, bakes and auditions them, and asks the server, by clicking in the real window.
# Usage: tst_pages.sh BUILD. Pictures are kept in BUILD/screenshots/e2e-pages. Exits with 77 where a tool is missing.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
exec "$here/tst_window.sh" "${1:?Usage: tst_pages.sh BUILD}" pages_test.py e2e-pages
