"""What a reader sees: cards, lists, answers and their words. Pure: it gets values and calls no service and no store."""
