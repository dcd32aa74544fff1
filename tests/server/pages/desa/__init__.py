"""Tests of the pages of one desa."""
