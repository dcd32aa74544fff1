"""Tests of the office pages."""
