"""Papers in: from sources and files into the store, and into the outbox of whoever asked for them. Knows no Discord."""
