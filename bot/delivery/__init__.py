"""Messages out: composing, pace, sending, keeping sent ones up to date. Knows Discord's limits, not discord.py."""
