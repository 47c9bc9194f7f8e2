"""A real browser for tests: Debian's Chromium, driven by Playwright, that reaches no network.

While one is started, Playwright keeps an event loop in the thread: `asyncio.run` fails there.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Page,
    Route,
    WebError,
    expect,
    sync_playwright,
)

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), "")
OWN = ("file:", "http://127.0.0.1:")  # what a page may lie on
DESKTOP, PHONE = 1280, 390  # CSS pixels across
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")

Scheme = Literal["light", "dark"]

needs_browser = pytest.mark.skipif(not CHROMIUM, reason="no Chromium on PATH")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser that is installed; none is ever downloaded."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@dataclass
class Visit:
    """A tab, what its pages asked for, the dialogs that they raised, and what went wrong in them.

    A fault is an exception that no script caught, or something that the browser complains of,
    such as what a policy forbids.
    """

    page: Page
    asked: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def open(self, path: Path, anchor: str = "") -> Page:
        """Open a file and forget what earlier pages did."""
        for seen in (self.asked, self.dialogs, self.faults):
            seen.clear()
        self.page.goto(path.as_uri() + (f"#{anchor}" if anchor else ""))
        return self.page

    def outside(self) -> list[str]:
        """Return every request but the one for the page itself."""
        here = self.page.url.partition("#")[0]
        return [url for url in self.asked if url != here]

    def watch(self, context: BrowserContext) -> None:
        """Answer requests and dialogs from now on, in every tab."""
        context.route("**/*", self._route)
        context.on("dialog", self._dialog)
        context.on("weberror", self._error)
        context.on("console", self._console)

    def _route(self, route: Route) -> None:
        self.asked.append(route.request.url)
        if route.request.url.startswith(OWN):
            route.continue_()
        else:
            route.abort()

    def _dialog(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def _error(self, error: WebError) -> None:
        self.faults.append(str(error.error))

    def _console(self, message: ConsoleMessage) -> None:
        # A refusal by our own server is an answer like others; the page shows what it says.
        refused = message.text.startswith("Failed to load resource: the server responded")
        if message.type == "error" and not refused:
            self.faults.append(message.text)


@contextmanager
def visit(browser: Browser, width: int = DESKTOP, scheme: Scheme = "light") -> Iterator[Visit]:
    """Open a tab of this width in one of the two colour schemes."""
    context = browser.new_context(
        viewport={"width": width, "height": 844}, color_scheme=scheme, service_workers="block"
    )
    made = Visit(context.new_page())
    made.watch(context)
    yield made
    context.close()


def unfold(page: Page) -> None:
    """Open every fold, so that what lies in it is looked at too."""
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")


def violations(page: Page, *tags: str) -> list[str]:
    """Return what axe-core finds under these tags, each with the elements it is about."""
    options = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": list(tags)}}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{one['id']}: {[node['html'][:160] for node in one['nodes'][:5]]}" for one in found]


def to_source(page: Page) -> str:
    """Go from the first claim over its evidence to the source; return what it quotes."""
    page.locator("[id^=c] ~ a.ref").first.click()
    evidence = page.locator("li:target")
    quote = evidence.locator("blockquote").text_content()
    evidence.get_by_role("link").click()
    page.wait_for_url(re.compile(r"/sources/[^/]+\.html#at-\d+-\d+$"))
    return quote or ""


_LOOK = "marks => marks.map(one => getComputedStyle(one)).map(o => o.backgroundColor + o.boxShadow)"


def marked(page: Page) -> str:
    """Return the text of the mark that the address names, which is in sight and stands out."""
    mark, others = page.locator("mark:target"), page.locator("mark:not(:target)")
    expect(mark).to_be_in_viewport()
    assert others.count() > 0
    assert mark.evaluate_all(_LOOK)[0] not in others.evaluate_all(_LOOK)
    return mark.text_content() or ""
