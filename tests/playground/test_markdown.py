"""Discord's Markdown as safe HTML."""

from __future__ import annotations

import pytest

from playground.discord import markdown


def names(kind: str, id_: str) -> str | None:
    return {("user", "1"): "Ann <b>", ("role", "2"): "Mods", ("channel", "3"): "papers"}.get((kind, id_))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**a** *b* _c_ __d__ ~~e~~", "<p><strong>a</strong> <em>b</em> <em>c</em> <u>d</u> <s>e</s></p>"),
        ("`a < b` ||so *what*||", '<p><code>a &lt; b</code> <span class="spoiler">so <em>what</em></span></p>'),
        ("# A\n### B\n#### c", "<h1>A</h1>\n<h3>B</h3>\n<p>#### c</p>"),
        ("-# small", '<small class="subtext">small</small>'),
        ("> a\nb", "<blockquote>\n<p>a</p>\n</blockquote>\n<p>b</p>"),
        (">>> a\nb", "<blockquote>\n<p>a<br>\nb</p>\n</blockquote>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("```py\na<b\n```", '<pre><code class="language-py">a&lt;b\n</code></pre>'),
        ("<@1>", '<p><span class="mention" data-kind="user" data-id="1">@Ann &lt;b&gt;</span></p>'),
        ("<@!9>", '<p><span class="mention" data-kind="user" data-id="9">@unknown-user</span></p>'),
        ("<@&2>", '<p><span class="mention" data-kind="role" data-id="2">@Mods</span></p>'),
        ("<#3>", '<p><span class="mention" data-kind="channel" data-id="3">#papers</span></p>'),
        ("</a b:4>", '<p><span class="mention" data-kind="command" data-id="4">/a b</span></p>'),
        ("@everyone", '<p><span class="mention" data-kind="everyone" data-id="0">@everyone</span></p>'),
        ("<t:0:d>", '<p><time datetime="1970-01-01T00:00:00+00:00" data-style="d">01/01/1970</time></p>'),
        ("<:ok:5>", '<p><img class="emoji" src="/emojis/5.svg" alt=":ok:" title=":ok:"></p>'),
        (r"\*a\* \<@1>", "<p>*a* &lt;@1&gt;</p>"),
        ("a_b_c snake_case_d", "<p>a_b_c snake_case_d</p>"),
    ],
)  # fmt: skip
def test_it_is_drawn_as_discord_draws_it(text: str, html: str) -> None:
    assert markdown.render(text, names) == html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[a](javascript:alert(1))",
        "[a](data:text/html,x)",
        "![a](javascript:x)",
        "<img src=x onerror=alert(1)>",
        '<a href="javascript:x">',
        "`<b>`",
        "```\n<b>\n```",
        "||<b>||",
        "&lt;b&gt;",
        '[a](https://x.org/"onclick="x)',
        "<t:99999999999999:R>",
        '```"><b>\nx\n```',
    ],
)
def test_nothing_of_the_text_becomes_markup(text: str) -> None:
    html = markdown.render(text, names).lower()
    for bad in ("<script", "<img", "<b>", 'href="javascript', 'href="data', 'onclick="', '<a href="javascript'):
        assert bad not in html


def test_links_are_masked_bare_or_angled_and_never_nested() -> None:
    html = markdown.render(
        "[a](https://x.org) https://y.org/z. <https://z.org> [https://in.org](https://out.org)", names
    )
    assert [part.split('"')[0] for part in html.split('href="')[1:]] == [
        "https://x.org",
        "https://y.org/z",
        "https://z.org",
        "https://out.org",
    ]
    assert 'rel="noopener noreferrer nofollow"' in html


def test_a_message_has_html_for_embeds_and_text_displays() -> None:
    shown = markdown.render_message(
        {
            "content": "",
            "embeds": [{"title": "*t*", "footer": {"text": "<f>"}, "fields": [{"name": "n", "value": "- v"}]}],
            "components": [{"type": 17, "components": [{"type": 14}, {"type": 10, "content": "**x**"}]}],
        },
        names,
    )
    fields = [{"name": "n", "value": "<ul>\n<li>v</li>\n</ul>"}]
    assert shown["embeds"] == [{"title": "<em>t</em>", "footer": "&lt;f&gt;", "fields": fields}]
    assert shown["components"] == {"0.1": "<p><strong>x</strong></p>"}
