"""Tables of words, written as text."""

from __future__ import annotations


def listed(text: str) -> frozenset[str]:
    """`one two three` as a set."""
    return frozenset(text.split())


def paired(text: str) -> dict[str, str]:
    """`this/that these/those` as a table."""
    return dict(pair.split("/") for pair in text.split())
