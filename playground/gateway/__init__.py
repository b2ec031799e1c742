"""The gateway, for bots: WebSocket connections, what may be said on them, and the sessions that they open.

It knows payloads, operations and close codes; it must not know what the events mean, nor the REST API."""
