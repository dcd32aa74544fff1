"""Files for planners: totals only, never a person."""
