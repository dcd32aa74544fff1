"""Tests of models/aggregates."""
