"""The daily list: of the upstream by day, and of a server's channel. Knows neither SQL nor Discord."""
