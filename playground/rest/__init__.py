"""The REST API, for bots: routes found, callers known, limits and faults applied, one module for the routes of each noun.

It knows requests and Discord's answers to them; it must not know gateways, people, or the page."""
