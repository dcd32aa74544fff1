"""Edits that the office makes: each account has its own numbered outbox, and every save is an edit like any other."""
