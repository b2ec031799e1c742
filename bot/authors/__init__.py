"""People as registries of authors know them: whose figures are known, wanted, and fetched. Knows no upstream's format and no Discord."""
