"""A person's years as a picture: papers and citations of each, as two rows of bars. PURE.

Knows Pillow, which is loaded when the first chart is drawn; must not know where the figures come from.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from bot.models import YearCount
from bot.show.cards import Picture

if TYPE_CHECKING:
    from PIL import ImageDraw, ImageFont

__all__ = ["years_picture"]

#: Years that are drawn: more would be too narrow to read on a phone.
MOST: Final = 8
_WIDTH, _HEIGHT = 600, 200
_PAPER, _INK, _FAINT, _PAPERS, _CITATIONS = "#ffffff", "#1f2328", "#6e7781", "#3b6ea5", "#b7791f"
_HEAD, _TEXT = 22, 16
#: A bar of few years is no wider.
_WIDEST: Final = 48
_TOP, _FOOT, _SIDE, _BETWEEN = 58, 30, 16, 28


def years_picture(years: Sequence[YearCount], name: str, scope: str) -> Picture | None:
    """The last years up to the newest with figures; None for a single one, which no chart is needed for. `scope` says what is counted
    (`papers here`)."""
    known = {year.year: year for year in years if year.papers is not None or year.citations is not None}
    if len(known) < 2:
        return None
    newest = max(known)
    first = max(min(known), newest - MOST + 1)
    drawn = [known.get(year, YearCount(year)) for year in range(first, newest + 1)]
    parts = [
        (label, color, values)
        for label, color, values in (
            ("Papers", _PAPERS, [year.papers for year in drawn]),
            ("Citations", _CITATIONS, [year.citations for year in drawn]),
        )
        if any(values)
    ]
    if not parts:
        return None
    told = "; ".join(
        f"{label.lower()} {', '.join(f'{year.year} {_number(value)}' for year, value in zip(drawn, values, strict=True))}"
        for label, _, values in parts
    )
    return Picture(_drawn([year.year for year in drawn], parts), f"{name}, by year since {first}, {scope}: {told}.")


def _drawn(years: Sequence[int], parts: Sequence[tuple[str, str, Sequence[int | None]]]) -> bytes:
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("RGB", (_WIDTH, _HEIGHT), _PAPER)
    draw = ImageDraw.Draw(image)
    head, text = ImageFont.load_default(_HEAD), ImageFont.load_default(_TEXT)
    width = (_WIDTH - 2 * _SIDE - _BETWEEN * (len(parts) - 1)) / len(parts)
    for number, (label, color, values) in enumerate(parts):
        left = _SIDE + number * (width + _BETWEEN)
        draw.text((left, 8), label, fill=_INK, font=head)
        _bars(draw, text, left, width, color, years, values)
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def _bars(
    draw: ImageDraw.ImageDraw,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    left: float,
    width: float,
    color: str,
    years: Sequence[int],
    values: Sequence[int | None],
) -> None:
    floor, most = _HEIGHT - _FOOT, max(value or 0 for value in values)
    step = width / len(years)
    for at, (year, value) in enumerate(zip(years, values, strict=True)):
        middle = left + (at + 0.5) * step
        draw.text((middle, floor + 6), f"{year % 100:02}", fill=_FAINT, font=font, anchor="ma")
        top = floor - (value or 0) / most * (floor - _TOP)
        half = min(step * 0.36, _WIDEST / 2)
        draw.rectangle((middle - half, min(top, floor - 1), middle + half, floor), fill=color)
        draw.text((middle, top - 3), _short(value), fill=_INK, font=font, anchor="ms")


def _number(value: int | None) -> str:
    return "not known" if value is None else f"{value:,}"


def _short(value: int | None) -> str:
    """As it fits above a bar: `940`, `1.2k`, `56k`."""
    if value is None:
        return "–"
    if value < 1_000:
        return str(value)
    return f"{value / 1_000:.1f}k" if value < 9_950 else f"{value / 1_000:.0f}k"
