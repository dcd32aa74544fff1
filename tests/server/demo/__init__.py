"""Tests of the demonstration desa."""
