"""Decides what the demonstration desa holds: invented people, a season of visits, and accounts to look around with."""
