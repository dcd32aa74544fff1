"""Stories in real Chromium against the real server."""
