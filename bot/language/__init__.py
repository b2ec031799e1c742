"""How text and names are read: TeX, words, their stems, spellings, person names. Pure. Knows nothing of papers, queries or Discord."""
