"""A Discord on one's own machine, and sample upstreams. It must not know the bot that is tried with them."""
