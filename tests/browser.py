"""A real Chromium for tests of the page: where it is, how it starts, and what no page may do. Knows nothing of what is shown."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.patience import MILLISECONDS

CHROMIUM: Final = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS: Final = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
)  # fmt: skip
_WATCH: Final = """
window.violations = [];
document.addEventListener('securitypolicyviolation', (event) => window.violations.push(event.violatedDirective + ' ' + event.blockedURI));
"""


@contextmanager
def chromium() -> Iterator[Browser]:
    expect.set_options(timeout=MILLISECONDS)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS), timeout=MILLISECONDS)
        try:
            yield started
        finally:
            started.close()


@contextmanager
def watched_page(browser: Browser, url: str, width: int = 1280, height: int = 820) -> Iterator[Page]:
    """A page that must not break its policy, raise an error or ask anybody outside."""
    size = {"width": width, "height": height}
    context = browser.new_context(viewport=size, locale="en-US", timezone_id="Europe/Berlin")  # type: ignore[arg-type]
    context.set_default_timeout(MILLISECONDS)
    context.add_init_script(_WATCH)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda r: faults.append(r.url) if not r.url.startswith((url, "data:")) else None)
    try:
        yield page
        assert not faults, faults
        assert page.evaluate("window.violations") == []
    finally:
        context.close()
