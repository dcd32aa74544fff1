#!/usr/bin/env bash
# Makes sure the browser tests have a real Chromium: the system's, else the distribution's package, else Playwright's own.
set -eu
for name in chromium chromium-browser google-chrome; do
  if command -v "$name" >/dev/null; then exit 0; fi
done
echo "== memasang Chromium"
if command -v apt-get >/dev/null; then
  as_root=""
  if [ "$(id -u)" != 0 ]; then as_root="sudo -n"; fi
  if $as_root apt-get update -q && DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -q chromium; then exit 0; fi
fi
.venv/bin/python -m playwright install chromium
