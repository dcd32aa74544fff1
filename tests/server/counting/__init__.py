"""Tests of server/counting."""
