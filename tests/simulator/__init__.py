"""Simulated phones against the real server: seeded histories with every fault we know, and an oracle."""
