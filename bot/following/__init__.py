"""What somebody follows: subscriptions, their preview, `/today`. Knows neither SQL nor Discord."""
