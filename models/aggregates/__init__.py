"""What we may say: coverage, recaps, totals, disclosure."""
