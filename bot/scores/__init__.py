"""Published scores: how much interest a listed paper finds, how likely one is to be listed, and what both rest on. Must not know Discord."""
