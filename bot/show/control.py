"""What every control can do: it stands in an id on the wire, and is read back from there. PURE.

Knows parts and their codecs; which controls there are is `controls`' word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any, ClassVar, Self

from bot.show.codecs import Codec

__all__ = ["Control", "answer", "part"]


def part(codec: Codec[Any], **default: Any) -> Any:
    """A field that stands in the control's id."""
    return field(metadata={"codec": codec}, **default)


def answer(codec: Codec[Any], default: Any, name: str = "") -> Any:
    """A field that comes with the press: a select's choice (`value`), or a form's field of that name."""
    return field(default=default, metadata={"codec": codec, "answer": name})


@dataclass(frozen=True, slots=True)
class Control:
    """What every control can do. Its `verb` says on the wire which one it is."""

    verb: ClassVar[str]

    def encode(self) -> str:
        """`verb` or `verb:part:part`, without version and nonce. What comes with the press is not in it."""
        texts = [_codec(f).write(getattr(self, f.name)) for f in fields(self) if "answer" not in f.metadata]
        return ":".join((self.verb, *texts)).removesuffix(":")

    @classmethod
    def decode(cls, argument: str, values: Mapping[str, str]) -> Self:
        """Raises ValueError or LookupError for what no control of this kind says."""
        parts = [f for f in fields(cls) if "answer" not in f.metadata]
        texts = argument.split(":", len(parts) - 1) if parts else []
        if len(texts) != len(parts) or (argument and not parts):
            raise ValueError(argument)
        read = {f.name: _codec(f).read(text) for f, text in zip(parts, texts, strict=True)}
        for f in fields(cls):
            if "answer" in f.metadata:
                read[f.name] = _codec(f).read(values[f.metadata["answer"] or f.name])
        return cls(**read)


def _codec(one: Field[Any]) -> Codec[Any]:
    codec: Codec[Any] = one.metadata["codec"]
    return codec
