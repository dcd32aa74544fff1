"""Tests of the import of the register."""
