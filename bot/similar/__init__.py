"""Papers that are like another: their words are counted here, and the nearest found. Knows the store; must not know searches or Discord."""
