"""A real browser for tests: Debian's Chromium, driven by Playwright, that reaches no network."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Dialog, Page, Route, sync_playwright

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), "")
OWN = ("file:", "http://127.0.0.1:")  # what a page may lie on
DESKTOP, PHONE = 1280, 390  # CSS pixels across

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
    """A tab, what its pages asked for, and the dialogs that they raised."""

    page: Page
    asked: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def open(self, path: Path) -> Page:
        """Open a file and forget what earlier pages did."""
        self.asked.clear()
        self.dialogs.clear()
        self.page.goto(path.as_uri())
        return self.page

    def outside(self) -> list[str]:
        """Return every request but the one for the page itself."""
        here = self.page.url.partition("#")[0]
        return [url for url in self.asked if url != here]

    def _route(self, route: Route) -> None:
        self.asked.append(route.request.url)
        if route.request.url.startswith(OWN):
            route.continue_()
        else:
            route.abort()

    def _dialog(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def watch(self) -> None:
        """Answer requests and dialogs from now on."""
        self.page.route("**/*", self._route)
        self.page.on("dialog", self._dialog)


@contextmanager
def visit(browser: Browser, width: int = DESKTOP, scheme: Scheme = "light") -> Iterator[Visit]:
    """Open a tab of this width in one of the two colour schemes."""
    context = browser.new_context(
        viewport={"width": width, "height": 844}, color_scheme=scheme, service_workers="block"
    )
    made = Visit(context.new_page())
    made.watch()
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
