"""What to ask the full-text index for, so that no paper that agrees is left out. Exclusions and facts narrow nothing.

Must not know SQL or where the index is kept.
"""

from __future__ import annotations

from bot.language import name_index
from bot.query.facts import Author
from bot.query.nodes import And, Node, Or
from bot.query.words import Textual, both, either

_COLUMNS = {"": "{title abstract}", "title": "title", "abstract": "abstract"}


def expression_of(node: Node) -> str:
    """FTS5 MATCH text for a superset of the papers that agree; "" when that is every paper."""
    parts = node.parts if isinstance(node, And) else (node,)
    plain = [part.expression() for part in parts if isinstance(part, Textual) and not part.where]
    rest = [part for part in parts if not isinstance(part, Textual) or part.where]
    asked = [f"{{title abstract}} : ({' AND '.join(plain)})"] if plain else []
    asked += [expression for part in rest if (expression := _expression(part))]
    return both([f"({one})" for one in asked]) if len(asked) > 1 else "".join(asked)


def _expression(node: Node) -> str:
    if isinstance(node, Textual):
        column = _COLUMNS.get(node.where)
        return f"{column} : ({node.expression()})" if column else ""
    if isinstance(node, Author):
        people = [name_index.index_expression(name) for name in node.names]
        return either([f"({one})" for one in people]) if all(people) else ""
    if isinstance(node, And):
        return expression_of(node)
    if isinstance(node, Or):
        sides = [_expression(side) for side in node.parts]
        return either([f"({one})" for one in sides]) if all(sides) else ""
    return ""
