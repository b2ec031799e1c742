"""Published scores: how much interest a listed paper finds, how likely one is to be listed. Must not know Discord."""
