"""How long a field may be. What is longer is cut before any pattern sees it, and counted.

Knows names of fields and lengths; must not know any upstream. The longest real author list has 48,128 characters.
"""

from __future__ import annotations

from typing import Any, Final

from lxml import etree

TITLE: Final = 2_000
TEXT: Final = 50_000  # an abstract, and whatever has no limit of its own
AUTHORS: Final = 200_000

_LIMITS: Final = {"title": TITLE, "authors": AUTHORS, "creator": AUTHORS, "author": AUTHORS}
#: Elements that are one text however many elements stand in it.
_TEXTS: Final = frozenset({"title", "abstract", "summary", "description", "encoded", "comments", "comment", "creator"})
_ELLIPSIS: Final = "…"


def cut_tree(root: etree._Element) -> int:
    """Cuts what is too long in every element below `root`, in place. Returns how many fields were cut."""
    count = 0
    for element in list(root.iter()):  # cutting takes elements out of the tree
        if not isinstance(element.tag, str):
            continue
        name = etree.QName(element).localname
        limit = _LIMITS.get(name, TEXT)
        if name in _TEXTS and len(element):
            count += _cut_text(element, limit)
        elif name == "authors" and len(element):
            count += _cut_children(element, limit)
        count += _cut_own(element, limit)
    return count


def _cut_text(element: etree._Element, limit: int) -> int:
    """Elements in a text are its markup: where the text is too long they go, and the beginning stays."""
    whole = "".join(str(piece) for piece in element.itertext())
    if len(whole) <= limit:
        return 0
    for child in list(element):
        element.remove(child)
    element.text = _cut(whole, limit)
    return 1


def _cut_children(element: etree._Element, limit: int) -> int:
    """One element a person: those behind the limit go."""
    length, gone = 0, 0
    for child in list(element):
        length += sum(len(str(piece)) for piece in child.itertext())
        if length > limit:
            element.remove(child)
            gone = 1
    return gone


def _cut_own(element: etree._Element, limit: int) -> int:
    count = 0
    if element.text and len(element.text) > limit:
        element.text = _cut(element.text, limit)
        count += 1
    if element.tail and len(element.tail) > TEXT:
        element.tail = _cut(element.tail, TEXT)
        count += 1
    for name, value in element.attrib.items():
        if len(value) > TEXT:
            element.set(name, _cut(str(value), TEXT))
            count += 1
    return count


def cut_json(value: Any) -> int:
    """The same for what JSON gives: texts in objects and lists, at any depth. Returns how many were cut."""
    count, waiting = 0, [value]
    while waiting:
        holder = waiting.pop()
        if isinstance(holder, dict):
            count += _cut_object(holder)
            waiting += holder.values()
        elif isinstance(holder, list):
            for at, item in enumerate(holder):
                if isinstance(item, str) and len(item) > TEXT:
                    holder[at] = _cut(item, TEXT)
                    count += 1
            waiting += [item for item in holder if isinstance(item, (dict, list))]
    return count


def _cut_object(fields: dict[str, Any]) -> int:
    count = 0
    for name, value in fields.items():
        limit = _LIMITS.get(name, TEXT)
        if isinstance(value, str) and len(value) > limit:
            fields[name] = _cut(value, limit)
            count += 1
        elif name == "authors" and isinstance(value, list):
            count += _cut_list(value, limit)
    return count


def _cut_list(people: list[Any], limit: int) -> int:
    length = 0
    for at, person in enumerate(people):
        name = person.get("name") if isinstance(person, dict) else person
        length += len(name) if isinstance(name, str) else 0
        if length > limit:
            del people[at:]
            return 1
    return 0


def _cut(text: str, limit: int) -> str:
    return text[: limit - 1] + _ELLIPSIS


def told(count: int) -> tuple[str, ...]:
    """What to say of a document in which so many fields were cut; nothing for none."""
    return (f"{count} fields were longer than a field may be and were cut",) if count else ()
