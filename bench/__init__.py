"""Measurements: every figure of docs/figures.md comes from here."""
