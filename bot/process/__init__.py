"""Builds everything once and runs it: on Discord, on the local Discord, for a bulk import. Nothing but commands imports it."""
