"""Discord itself: what it keeps, who may do what in it, what happens when they do, and whom it tells.

It knows Discord's objects, rules and limits; it must not know how it is reached: no routes, no HTTP, no WebSocket, no page."""
