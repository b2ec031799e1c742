"""What somebody follows: subscriptions, what one would bring, `/today`, why a paper came. Knows neither SQL nor Discord."""
