"""The commands of the command line, by what they do: questions, what keeps the collection, the bot's life.

Part of the composition root: only `__main__` imports these. A command reads its words, asks what `compose` built, and prints.
"""
