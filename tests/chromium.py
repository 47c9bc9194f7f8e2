"""Tries pages in Chromium, where there is one."""

from __future__ import annotations

import re
import shutil
import subprocess
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")
BROWSER = next(filter(None, map(shutil.which, NAMES)), "")
_QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


def browse(folder: Path, *arguments: str) -> bytes:
    """Run the browser with a profile in `folder`, and return what it prints."""
    command = [BROWSER, *_QUIET, f"--user-data-dir={folder / 'profile'}", *arguments]
    return subprocess.run(command, check=True, capture_output=True, timeout=120).stdout


def acted(html: str, driver: str, folder: Path, *, allowed: bool = True, anchor: str = "") -> str:
    """Return the title that a page, opened at an anchor, has after `driver` ran at its end.

    The page's policy is made to allow that script, unless it is not to be `allowed`.
    """
    digest = b64encode(sha256(driver.encode()).digest()).decode()
    if allowed:
        known = "script-src " if "script-src " in html else "style-src "
        more = f"script-src 'sha256-{digest}'" + ("; style-src " if known[1] == "t" else " ")
        html = html.replace(known, more, 1)
    page = folder / "page.html"
    page.write_text(html.replace("</body>", f"<script>{driver}</script></body>"), encoding="utf-8")
    shown = browse(
        folder, "--virtual-time-budget=4000", "--dump-dom", f"{page.as_uri()}#{anchor}"
    ).decode()
    found = re.search(r"<title>(.*?)</title>", shown, re.DOTALL)
    return found[1] if found else ""
