"""Upstreams: one module each, and one polite client for all of them. Knows neither the store nor Discord."""
