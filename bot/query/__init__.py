"""The query language, standing queries against papers, and the reasons that come of them. Pure. Knows no store and no wording."""
