"""Tests of server/downloads."""
