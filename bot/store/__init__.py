"""SQLite, and nothing but SQLite: the only place that knows SQL. Stores return models."""
