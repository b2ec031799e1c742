"""Finding papers in the store and elsewhere, by any words. Knows neither SQL nor Discord."""
