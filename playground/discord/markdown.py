"""Discord's Markdown as safe HTML: what its client shows for content, embeds and text displays. Pure.
It knows the syntax; names of people, roles and channels come from the caller."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from playground.discord.wire import Json

# (kind, id) → the name to show, or None when nobody knows it; kind is user, role or channel.
Names: TypeAlias = Callable[[str, str], str | None]

TEXT = re.compile(r"(?:[^\\\n*_~`\[\]<|@h]|h(?!ttps?://))+")
URL = re.compile(r"https?://[^\s<>|\]]+[^\s<>|.,:;\"'\]*_~)]")
ANGLED_URL = re.compile(r"<(https?://[^\s<>]+)>")
MENTION = re.compile(r"<(@!|@&|@|#)(\d{1,20})>")
COMMAND = re.compile(r"</([-\w' ]{1,100}):(\d{1,20})>")
GUILD_LINK = re.compile(r"<id:(customize|browse|guide|linked-roles)>")
TIMESTAMP = re.compile(r"<t:(-?\d{1,13})(?::([tTdDfFsSR]))?>")
EMOJI = re.compile(r"<(a?):(\w{2,32}):(\d{1,20})>")
EVERYONE = re.compile(r"@(everyone|here)\b")
LINE = re.compile(r"(#{1,3}|-#) +(\S.*)")
KINDS = {"@": "user", "@!": "user", "@&": "role", "#": "channel"}
TIME_FORMATS = {
    "t": "%H:%M",
    "T": "%H:%M:%S",
    "d": "%d/%m/%Y",
    "D": "%d %B %Y",
    "f": "%d %B %Y %H:%M",
    "F": "%A, %d %B %Y %H:%M",
    "s": "%d/%m/%Y, %H:%M",
    "S": "%d/%m/%Y, %H:%M:%S",
    "R": "%d %B %Y %H:%M",
}


def render(text: str, names: Names) -> str:
    """Block Markdown: content, descriptions, field values, text displays."""
    return str(_MARKDOWN.render(_prepare(text), {"names": names})).strip()


def render_inline(text: str, names: Names) -> str:
    """Inline Markdown: embed titles and field names."""
    return str(_MARKDOWN.renderInline(text, {"names": names})).strip()


def render_message(message: Json, names: Names) -> Json:
    """The `html` of a message: content, embeds, and text displays by their path of indexes."""
    displays: dict[str, str] = {}
    _collect(message["components"], "", displays, names)
    return {
        "content": render(message["content"], names) if message["content"] else "",
        "embeds": [_embed(embed, names) for embed in message["embeds"]],
        "components": displays,
    }


def _embed(embed: Json, names: Names) -> Json:
    made: Json = {}
    if "title" in embed:
        made["title"] = render_inline(embed["title"], names)
    if "description" in embed:
        made["description"] = render(embed["description"], names)
    if "author" in embed:
        made["author"] = escapeHtml(embed["author"]["name"])
    if "footer" in embed:
        made["footer"] = escapeHtml(embed["footer"]["text"])
    made["fields"] = [
        {"name": render_inline(f["name"], names), "value": render(f["value"], names)} for f in embed.get("fields", ())
    ]
    return made


def _collect(components: list[Json], prefix: str, displays: dict[str, str], names: Names) -> None:
    for index, component in enumerate(components):
        path = f"{prefix}{index}"
        if component["type"] == 10:
            displays[path] = render(component["content"], names)
        _collect(component.get("components", []), path + ".", displays, names)


def _prepare(text: str) -> str:
    """Quotes as Discord has them: `>>>` up to the end, `>` for one line only."""
    lines: list[str] = []
    fenced = quoting = False
    for line in text.replace("\r\n", "\n").split("\n"):
        if line.startswith("```") and line.count("```") == 1:
            fenced = not fenced
        elif not fenced and not quoting and line.startswith(">>> "):
            quoting, line = True, line[4:]
        ended = lines and lines[-1].startswith("> ") and not line.startswith("> ") and line.strip()
        if not fenced and not quoting and ended:
            lines.append("")
        lines.append(f"> {line}" if quoting else line)
    return "\n".join(lines)


def _is_web_link(url: str) -> bool:
    return url.lower().startswith(("http://", "https://"))


# Inline syntax that Markdown does not have.


def _text(state: StateInline, silent: bool) -> bool:
    found = TEXT.match(state.src, state.pos, state.posMax)
    if not found:
        return False
    if not silent:
        state.pending += found[0]
    state.pos = found.end()
    return True


def _special(state: StateInline, silent: bool) -> bool:
    """Bare links, mentions, timestamps, emojis: each becomes one token that its render rule draws."""
    for kind, pattern in _SPECIALS:
        if state.linkLevel and kind.endswith("_link"):
            continue  # a link in a link's text would end the outer one
        if found := pattern.match(state.src, state.pos, state.posMax):
            if not silent:
                token = state.push(kind, "", 0)
                token.meta = {"groups": found.groups(), "all": found[0]}
            state.pos = found.end()
            return True
    return False


_SPECIALS = (
    ("bare_link", URL),
    ("angled_link", ANGLED_URL),
    ("mention", MENTION),
    ("command", COMMAND),
    ("guild_link", GUILD_LINK),
    ("timestamp", TIMESTAMP),
    ("emoji", EMOJI),
    ("everyone", EVERYONE),
)


def _spoiler(state: StateInline, silent: bool) -> bool:
    if not state.src.startswith("||", state.pos):
        return False
    end = state.src.find("||", state.pos + 3, state.posMax)
    if end < 0:
        return False
    if not silent:
        start, whole = state.pos, state.posMax
        state.push("spoiler_open", "span", 1).attrSet("class", "spoiler")
        state.pos, state.posMax = start + 2, end
        state.md.inline.tokenize(state)
        state.push("spoiler_close", "span", -1)
        state.posMax = whole
    state.pos = end + 2
    return True


def _line(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Headings of three sizes and subtext, one line each."""
    at = state.bMarks[start] + state.tShift[start]
    found = LINE.fullmatch(state.src, at, state.eMarks[start])
    if not found or state.is_code_block(start):
        return False
    if silent:
        return True
    tag = "small" if found[1] == "-#" else f"h{len(found[1])}"
    opening = state.push("heading_open", tag, 1)
    opening.block = True
    if tag == "small":
        opening.attrSet("class", "subtext")
    inline = state.push("inline", "", 0)
    inline.content, inline.children, inline.map = found[2].strip(), [], [start, start + 1]
    state.push("heading_close", tag, -1).block = True
    state.line = start + 1
    return True


# How they are drawn.


def _strong(self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    token = tokens[index]
    token.tag = "u" if token.markup == "__" else "strong"
    return self.renderToken(tokens, index, options, env)


def _draw(kind: str, make: Callable[[Any, str, Names], str]) -> Callable[..., str]:
    def rule(_self: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, env: Any) -> str:
        meta = tokens[index].meta
        return make(meta["groups"], meta["all"], env["names"])

    rule.__name__ = f"draw_{kind}"
    return rule


def _link(url: str) -> str:
    return f'<a href="{escapeHtml(url)}" rel="noopener noreferrer nofollow" target="_blank">{escapeHtml(url)}</a>'


def _span(kind: str, id_: str, text: str) -> str:
    return f'<span class="mention" data-kind="{kind}" data-id="{escapeHtml(id_)}">{escapeHtml(text)}</span>'


def _mention(groups: Any, _whole: str, names: Names) -> str:
    kind = KINDS[groups[0]]
    sign = "#" if kind == "channel" else "@"
    return _span(kind, groups[1], sign + (names(kind, groups[1]) or f"unknown-{kind}"))


def _timestamp(groups: Any, whole: str, _names: Names) -> str:
    style = groups[1] or "f"
    try:
        when = datetime.fromtimestamp(int(groups[0]), UTC)
    except (ValueError, OverflowError, OSError):
        return escapeHtml(whole)
    shown = when.strftime(TIME_FORMATS[style])
    return f'<time datetime="{when.isoformat()}" data-style="{style}">{shown}</time>'


def _emoji(groups: Any, _whole: str, _names: Names) -> str:
    name = escapeHtml(f":{groups[1]}:")
    return f'<img class="emoji" src="/emojis/{groups[2]}.svg" alt="{name}" title="{name}">'


def _build() -> MarkdownIt:
    made = MarkdownIt("zero", {"breaks": True, "html": False})
    made.enable(["fence", "blockquote", "list", "backticks", "strikethrough", "emphasis", "link", "newline", "escape"])
    made.validateLink = _is_web_link  # type: ignore[method-assign]
    made.block.ruler.before("list", "line", _line, {"alt": ["paragraph", "blockquote", "list"]})
    made.inline.ruler.at("text", _text)
    made.inline.ruler.after("text", "special", _special)
    made.inline.ruler.after("special", "spoiler", _spoiler)
    made.add_render_rule("strong_open", _strong)
    made.add_render_rule("strong_close", _strong)
    for kind, make in (
        ("bare_link", lambda _groups, whole, _names: _link(whole)),
        ("angled_link", lambda groups, _whole, _names: _link(groups[0])),
        ("mention", _mention),
        ("command", lambda groups, _whole, _names: _span("command", groups[1], f"/{groups[0]}")),
        ("guild_link", lambda groups, _whole, _names: _span("channel", "0", groups[0])),
        ("timestamp", _timestamp),
        ("emoji", _emoji),
        ("everyone", lambda _groups, whole, _names: _span("everyone", "0", whole)),
    ):
        made.add_render_rule(kind, _draw(kind, make))
    made.add_render_rule("link_open", _masked)
    return made


def _masked(self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    tokens[index].attrs |= {"rel": "noopener noreferrer nofollow", "target": "_blank"}
    return self.renderToken(tokens, index, options, env)


_MARKDOWN = _build()
