"""Tests of the readers and writers of other systems' files."""
