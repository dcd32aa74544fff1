"""Tests of the merge, the wire and the exchange."""
