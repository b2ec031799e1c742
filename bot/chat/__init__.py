"""The only package that knows discord.py: the client, cards into Discord's objects, Discord's errors into ours."""
