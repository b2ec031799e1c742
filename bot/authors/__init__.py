"""People as authors: what registries know of them, and the page of each. Must not know Discord or subscriptions."""
