"""The human side, /play/…: everything a person can do and see, what their client checks first, and the levers of whoever tries a bot.

It knows people and their calls; it must not know the REST API, the gateway, or the page that makes the calls."""
