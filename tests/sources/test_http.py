"""The polite client against a real server on loopback that misbehaves on command."""

from __future__ import annotations

import asyncio
import socket
import tracemalloc
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from bot.errors import ConfigurationError, SourceUnavailableError, SourceUnhealthyError
from bot.sources.http import Limits, PoliteClient, Service, Validators
from bot.sources.rate_policy import retry_after_seconds
from bot.store.database import open_database
from bot.store.sources import GateState
from playground.upstreams.server import Upstream

if TYPE_CHECKING:
    from tests.sources.conftest import Lab, Time


async def get(lab: Lab, client: PoliteClient, path: str = "/rss/cs.LG", service: str = "arxiv-rss") -> bytes:
    return (await client.get(service, lab.upstream.url + path)).body


async def test_it_says_who_it_is_and_takes_gzip_only(lab: Lab, client: PoliteClient) -> None:
    await get(lab, client)
    sent = lab.upstream.requests[0]["headers"]
    assert sent["User-Agent"] == "Paperboy/test (mailto:test@example.org)"
    assert sent["Accept-Encoding"] == "gzip"


async def test_arxiv_is_asked_once_in_three_seconds_over_all_its_hosts_and_tasks(
    lab: Lab, client: PoliteClient
) -> None:
    start = lab.time.now
    await asyncio.gather(
        *(get(lab, client, "/rss/cs.LG", "arxiv-rss") for _ in range(3)),
        *(get(lab, client, "/oai?verb=Identify", "arxiv-oai") for _ in range(2)),
        *(get(lab, client, "/api/query?id_list=2602.22661", "arxiv-api") for _ in range(2)),
    )
    times = sorted(entry["at"] for entry in lab.upstream.requests)
    assert times == [(start + timedelta(seconds=3 * n)).isoformat() for n in range(7)]


async def test_arxiv_sees_one_connection_at_a_time(lab: Lab) -> None:
    active = most = 0

    async def slow(request: web.Request) -> web.Response:
        nonlocal active, most
        active += 1
        most = max(most, active)
        await asyncio.sleep(0.01)
        active -= 1
        return web.Response(text="ok")

    app = web.Application()
    app.router.add_get("/{any:.*}", slow)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    services = [Service("one", url, gate="arxiv", interval=3), Service("two", url, gate="arxiv", interval=3)]
    try:
        async with lab.client(*services) as client:
            await asyncio.gather(*(client.get(name, url) for name in ("one", "two") for _ in range(5)))
    finally:
        await runner.cleanup()
    assert most == 1


async def test_a_restart_resets_neither_gate_nor_penalty(time: Time, tmp_path: Path) -> None:
    async with Upstream(clock=time) as upstream:
        service = Service("arxiv-rss", upstream.rss_url, gate="arxiv", interval=3.0, first_pause=900.0)
        for fault in (0, 1):
            upstream.fail("/rss", count=fault, status=429, body="Rate exceeded.")
            async with open_database(tmp_path / "p.db") as database:
                gate_state = GateState(database)
                async with PoliteClient(
                    [service], user_agent="t", gate_state=gate_state, clock=time, wait=time.wait
                ) as client:
                    if fault:
                        with pytest.raises(SourceUnavailableError):
                            await client.get("arxiv-rss", f"{upstream.rss_url}/cs.LG")
                    else:
                        await client.get("arxiv-rss", f"{upstream.rss_url}/cs.LG")
        assert time.waits == [3.0]
        async with (
            open_database(tmp_path / "p.db") as database,
            PoliteClient(
                [service], user_agent="t", gate_state=GateState(database), clock=time, wait=time.wait
            ) as client,
        ):
            with pytest.raises(SourceUnavailableError, match="patience") as caught:
                await client.get("arxiv-rss", f"{upstream.rss_url}/cs.LG")
        assert caught.value.retry_after == pytest.approx(900, abs=1)
        assert len(upstream.requests) == 2


async def test_validators_go_out_and_nothing_comes_back_when_nothing_changed(lab: Lab, client: PoliteClient) -> None:
    url = f"{lab.upstream.rss_url}/cs.LG"
    first = await client.get("arxiv-rss", url)
    assert first.validators.etag
    again = await client.get(
        "arxiv-rss", url, validators=Validators(first.validators.etag, "Fri, 20 Nov 2026 05:00:00 GMT")
    )
    assert again.not_modified
    assert again.body == b""
    assert lab.upstream.requests[1]["headers"]["If-Modified-Since"] == "Fri, 20 Nov 2026 05:00:00 GMT"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("120", 120.0),
        (" 7 ", 7.0),
        ("0", 0.0),
        ("1.5", 1.5),
        ("999999", 86400.0),
        ("date+600", 600.0),
        ("date-600", 0.0),
        ("date+9999999", 86400.0),
        ("99999999999999999999", 86400.0),
        ("9" * 400, 86400.0),
        ("99999999999.5", 86400.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86400.0),
        ("Fri, 31 Dec 99999 23:59:59 GMT", 86400.0),
        ("Fri, 31 Dec 999999999999999999999 23:59:59 GMT", 86400.0),
        ("Mon, 01 Jan 0001 00:00:00 GMT", 0.0),
        ("Fri, 99 Dec 2026 23:59:59 GMT", None),
        ("٣", None),
        ("1e9", None),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_retry_after_is_read_in_every_form(time: Time, value: str, expected: float | None) -> None:
    if value.startswith("date"):
        value = format_datetime(time.now + timedelta(seconds=int(value[4:])), usegmt=True)
    found = retry_after_seconds({"retry-after": value}, time.now)
    assert found == (None if expected is None else pytest.approx(expected, abs=1))


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("form", ["600", "date"])
async def test_a_refusal_with_retry_after_is_obeyed_to_the_second(
    lab: Lab, client: PoliteClient, status: int, form: str
) -> None:
    value = form if form != "date" else format_datetime(lab.time.now + timedelta(seconds=600), usegmt=True)
    lab.upstream.fail("/rss", status=status, headers={"Retry-After": value}, body="later")
    with pytest.raises(SourceUnavailableError) as caught:
        await get(lab, client)
    assert caught.value.retry_after == pytest.approx(600, abs=1)
    lab.time.forward(seconds=598)
    with pytest.raises(SourceUnavailableError, match="patience"):
        await get(lab, client)
    lab.time.forward(seconds=3)
    assert await get(lab, client)
    assert len(lab.upstream.requests) == 2


async def test_without_retry_after_the_pause_doubles_from_a_quarter_of_an_hour_to_six_hours(
    lab: Lab, client: PoliteClient
) -> None:
    lab.upstream.fail("/rss", count=7, status=429, body="Rate exceeded.")
    pauses = []
    for _ in range(7):
        with pytest.raises(SourceUnavailableError) as caught:
            await get(lab, client)
        assert caught.value.retry_after is not None
        pauses.append(round(caught.value.retry_after / 60))
        lab.time.forward(seconds=caught.value.retry_after + 1)
    assert pauses == [15, 30, 60, 120, 240, 360, 360]
    assert await get(lab, client)
    lab.time.forward(minutes=1)
    lab.upstream.fail("/rss", status=503)
    with pytest.raises(SourceUnavailableError) as caught:
        await get(lab, client)
    assert caught.value.retry_after == pytest.approx(900, abs=1)  # an answer in between: from the beginning


async def test_one_service_in_penalty_leaves_its_siblings_alone(lab: Lab, client: PoliteClient) -> None:
    lab.upstream.fail("/api", status=429, body="Rate exceeded.")
    with pytest.raises(SourceUnavailableError):
        await get(lab, client, "/api/query", "arxiv-api")
    assert await get(lab, client)


async def test_denied_access_is_not_asked_again_for_a_day(lab: Lab, client: PoliteClient) -> None:
    lab.upstream.fail("/rss", status=403, body="Access denied")
    with pytest.raises(SourceUnavailableError, match="denied"):
        await get(lab, client)
    lab.time.forward(hours=23)
    with pytest.raises(SourceUnavailableError, match="patience"):
        await get(lab, client)
    assert len(lab.upstream.requests) == 1


async def test_hugging_faces_window_is_obeyed_before_it_refuses(lab: Lab, client: PoliteClient) -> None:
    lab.upstream.fail(
        "/api/daily", headers={"RateLimit": '"api";r=0;t=55', "RateLimit-Policy": '"fixed window";"api";q=500;w=300'}
    )
    assert await get(lab, client, "/api/daily_papers", "huggingface")
    with pytest.raises(SourceUnavailableError) as caught:
        await get(lab, client, "/api/daily_papers", "huggingface")
    assert caught.value.retry_after == pytest.approx(55, abs=1)
    lab.time.forward(seconds=56)
    lab.upstream.fail("/api/daily", status=429, headers={"RateLimit": '"api";r=0;t=120'})
    with pytest.raises(SourceUnavailableError) as caught:
        await get(lab, client, "/api/daily_papers", "huggingface")
    assert caught.value.retry_after == pytest.approx(120, abs=1)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (500, SourceUnavailableError),
        (502, SourceUnavailableError),
        (404, SourceUnhealthyError),
        (418, SourceUnhealthyError),
    ],
)
async def test_other_failures_are_told_apart(
    lab: Lab, client: PoliteClient, status: int, error: type[Exception]
) -> None:
    lab.upstream.fail("/rss", status=status, body="no")
    with pytest.raises(error, match=str(status)):
        await get(lab, client)
    assert await get(lab, client)


async def test_a_gzip_bomb_is_stopped_at_the_limit(lab: Lab, client: PoliteClient) -> None:
    lab.upstream.fail("/rss", bomb=200)
    tracemalloc.start()
    try:
        with pytest.raises(SourceUnhealthyError, match=r"more than 15 MB"):
            await get(lab, client)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 60_000_000


async def test_a_large_plain_body_is_stopped_too(lab: Lab) -> None:
    lab.upstream.put("/rss/cs.LG", b"x" * 30_000)
    async with lab.client(limits=Limits(body=20_000)) as client:
        with pytest.raises(SourceUnhealthyError, match=r"more than 0.02 MB"):
            await get(lab, client)


async def test_gzip_is_unpacked_and_a_cut_or_damaged_stream_is_refused(lab: Lab, client: PoliteClient) -> None:
    import gzip

    whole = gzip.compress(b"<feed/>" * 1000)
    lab.upstream.put("/rss/a", whole, Content_Encoding="gzip")
    lab.upstream.put("/rss/b", whole[:-9], Content_Encoding="gzip")
    lab.upstream.put("/rss/c", b"not gzip", Content_Encoding="gzip")
    lab.upstream.put("/rss/d", b"?", Content_Encoding="br")
    assert await get(lab, client, "/rss/a") == b"<feed/>" * 1000
    for path, reason in (("b", "cut off"), ("c", "damaged"), ("d", "not asked for")):
        with pytest.raises(SourceUnhealthyError, match=reason):
            await get(lab, client, f"/rss/{path}")


async def test_a_trickle_is_given_up_after_the_whole_time(lab: Lab) -> None:
    lab.upstream.fail("/rss", trickle=0.02)
    async with lab.client(limits=Limits(read=5, total=0.3)) as client:
        with pytest.raises(SourceUnavailableError, match="did not finish"):
            await get(lab, client)


async def test_silence_is_given_up_after_the_reading_time(lab: Lab) -> None:
    lab.upstream.fail("/rss", delay=3)
    async with lab.client(limits=Limits(read=0.1)) as client:
        with pytest.raises(SourceUnavailableError, match="in time"):
            await get(lab, client)


async def test_an_answer_broken_off_is_no_answer(lab: Lab, client: PoliteClient) -> None:
    lab.upstream.fail("/rss", cut=100)
    with pytest.raises(SourceUnavailableError, match="broke off"):
        await get(lab, client)


async def test_nobody_there_is_said_so(lab: Lab) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    async with lab.client(Service("gone", url)) as client:
        with pytest.raises(SourceUnavailableError, match="cannot be reached"):
            await client.get("gone", url)


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/rss/cs.LG",
        "http://2130706433/rss/cs.LG",
        "http://0x7f000001/rss/cs.LG",
        "http://127.0.0.1:1/rss/cs.LG",
        "http://localhost/rss/cs.LG",
        "https://127.0.0.1/rss/cs.LG",
        "file:///etc/passwd",
        "http://rss.arxiv.org@127.0.0.2/rss",
        "//127.0.0.2/rss",
        "http://127.0.0.1.evil.example/rss",
        "{user}",
    ],
)
async def test_only_the_configured_place_is_ever_asked(lab: Lab, client: PoliteClient, url: str) -> None:
    url = url.format(user=lab.upstream.url.replace("http://", "http://someone@"))
    with pytest.raises(SourceUnhealthyError, match="not followed"):
        await client.get("arxiv-rss", url)
    assert lab.upstream.requests == []


async def test_a_redirect_is_followed_at_home_and_nowhere_else(lab: Lab, client: PoliteClient) -> None:
    lab.upstream.fail("/rss/cs.LG", redirect="/atom/cs.LG", status=301)
    assert (await get(lab, client)).startswith(b"<?xml")
    assert lab.paths() == ["/rss/cs.LG", "/atom/cs.LG"]
    async with Upstream(clock=lab.time) as other:
        for place in (other.rss_url, "http://169.254.169.254/", "https://rss.arxiv.org/", "//127.0.0.2/"):
            lab.upstream.fail("/rss/cs.LG", redirect=place)
            with pytest.raises(SourceUnhealthyError, match="not followed"):
                await get(lab, client)
        assert other.requests == []
    lab.upstream.fail("/rss/cs.LG", count=9, redirect="/rss/cs.LG")
    with pytest.raises(SourceUnhealthyError, match="circle"):
        await get(lab, client)


@pytest.mark.parametrize(
    "base", ["http://rss.arxiv.org/rss", "ftp://rss.arxiv.org", "rss.arxiv.org", "https://", "http://10.0.0.1/"]
)
async def test_a_base_url_must_be_https_or_on_this_machine(lab: Lab, base: str) -> None:
    with pytest.raises(ConfigurationError):
        lab.client(Service("wrong", base))


async def test_a_proxy_of_the_environment_does_not_see_this_machines_own_services(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    async with lab.client() as client:
        assert await get(lab, client)


async def test_a_question_with_a_body_is_posted_and_sent_again_only_where_a_redirect_keeps_it(
    lab: Lab, client: PoliteClient
) -> None:
    url = f"{lab.upstream.url}/graph/v1/paper/batch"
    for status in (307, 308):
        lab.upstream.fail("/graph/v1/paper/batch", redirect="/graph/v1/author/batch", status=status)
        answer = await client.post(
            "huggingface", url, {"ids": ["ä"]}, params={"fields": "a,b"}, accept=frozenset({400})
        )
        assert answer.body == b'{"error": "No valid author ids given"}'
        first, second = lab.upstream.requests[-2:]
        assert (first["method"], second["method"]) == ("POST", "POST")
        assert first["query"] == "fields=a%2Cb"
        assert int(second["headers"]["Content-Length"]) == len('{"ids": ["\\u00e4"]}')
    for status in (301, 302, 303):
        lab.upstream.fail("/graph/v1/paper/batch", redirect="/graph/v1/author/batch", status=status)
        with pytest.raises(SourceUnhealthyError, match="has a body"):
            await client.post("huggingface", url, {"ids": []})


async def test_a_key_goes_along_with_a_redirect_at_home_and_nowhere_else(lab: Lab, client: PoliteClient) -> None:
    url, key = f"{lab.upstream.url}/api/daily_papers", {"api_key": "k"}
    lab.upstream.fail("/api/daily_papers", redirect="/api/papers/search?q=x", status=301)
    await client.get("huggingface", url, params={"limit": 5}, kept=key)
    assert [entry["query"] for entry in lab.upstream.requests] == ["limit=5&api_key=k", "q=x&api_key=k"]
    async with Upstream(clock=lab.time) as other:
        lab.upstream.fail("/api/daily_papers", redirect=f"{other.url}/api/daily_papers")
        with pytest.raises(SourceUnhealthyError, match="not followed"):
            await client.get("huggingface", url, kept=key)
        assert other.requests == []
