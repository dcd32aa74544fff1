"""What we ask, what we keep and what we may say."""
