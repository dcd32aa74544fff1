"""Tests of models/form."""
