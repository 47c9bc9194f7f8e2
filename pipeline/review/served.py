"""Pages of the outputs as the review server hands them out: nothing else, and with one script."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from html import escape
from http import HTTPStatus
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

STRICT = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

_REFUSAL = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
</head>
<body>
<main>
<h1>{title}</h1>
<p>Litline answered: {why}.</p>
<p>{advice}</p>
</main>
</body>
</html>
"""
_ADVICE = {
    HTTPStatus.FORBIDDEN: "An address opens once: start litline review again for a new address.",
    HTTPStatus.NOT_FOUND: 'See <a href="/index.html">what was read</a>.',
}
_OTHERWISE = "Load the page again, or start litline review again for a new address."

_TYPES = {".html": "text/html", ".json": "application/json"} | dict.fromkeys(
    (".txt", ".md", ".xml", ".csv", ".svg", ".bib", ".jsonl"), "text/plain"
)
_PLAIN_PART = re.compile(r"[^./\\\0][^/\\\0]*")
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">\n?')
_STYLE, _SCRIPT = (
    re.compile(rf"{kind}-src (?:&#39;|')(sha256-[\w+/=]+)(?:&#39;|')")
    for kind in ("style", "script")
)


class Served(NamedTuple):
    """One answer to GET; `policy` is its content security policy."""

    body: bytes
    type: str
    policy: str = STRICT


def find_file(root: Path, path: str) -> Path | None:
    """Return the file of the outputs that the path of an address names, or None.

    Only files of the kinds that Litline writes, no hidden ones, and none that is or is reached by
    a symbolic link.
    """
    parts = unquote(path, errors="replace").removeprefix("/").split("/")
    if not all(_PLAIN_PART.fullmatch(part) for part in parts):
        return None
    file = root.resolve().joinpath(*parts)
    try:
        plain = file.suffix in _TYPES and file.resolve() == file and file.is_file()
    except (OSError, ValueError):  # a name that no file could have
        return None
    return file if plain else None


def serve_file(file: Path) -> Served:
    """Return a file as it is; a page among them can run no script."""
    return Served(file.read_bytes(), f"{_TYPES[file.suffix]}; charset=utf-8", _own(file))


def serve_page(file: Path, state: Mapping[str, object]) -> Served:
    """Return a page with the script and the state of its claims added.

    The policy that the page carries would forbid the script. It goes into the header of the answer
    in a wider form: this script too, by its hash, and requests to this server.
    """
    text = file.read_text(encoding="utf-8")
    found = _POLICY.search(text)
    if found is None:
        return serve_file(file)
    head = f"<style>{_part('review.css')}</style>\n"
    data = json.dumps(state).replace("<", "\\u003c")
    tail = (
        f'<script type="application/json" id="review-state">{data}</script>\n'
        f"<script>{_part('review.js')}</script>\n"
    )
    text = text.replace(found[0], head, 1)
    before, closing, after = text.rpartition("</body>")
    page = f"{before}{tail}{closing}{after}"
    return Served(page.encode(), "text/html; charset=utf-8", _policy(found[1]))


def serve_refusal(status: HTTPStatus, why: str) -> Served:
    """Return a page that says what happened and what to do, and can do nothing itself."""
    page = _REFUSAL.format(
        title=status.phrase, why=escape(why), advice=_ADVICE.get(status, _OTHERWISE)
    )
    return Served(page.encode(errors="replace"), "text/html; charset=utf-8", STRICT)


def _own(file: Path) -> str:
    """Return the policy of a file: a page's own style, and nothing more."""
    if file.suffix != ".html":
        return STRICT
    style = _allowed(_STYLE, file.read_text(encoding="utf-8", errors="replace"))
    return f"{STRICT}; style-src {style}" if style else STRICT


def _policy(own: str) -> str:
    return (
        f"{STRICT}; style-src {_allowed(_STYLE, own)}'{_hash('review.css')}'; img-src data:; "
        f"script-src {_allowed(_SCRIPT, own)}'{_hash('review.js')}'; connect-src 'self'"
    )


def _allowed(kind: re.Pattern[str], policy: str) -> str:
    """Return what a page itself allows of a kind, as the first part of a list."""
    found = kind.search(policy)
    return f"'{found[1]}' " if found else ""


@cache
def _part(name: str) -> str:
    return files("pipeline.review").joinpath("page", name).read_text("utf-8")


@cache
def _hash(name: str) -> str:
    return f"sha256-{b64encode(sha256(_part(name).encode()).digest()).decode()}"
