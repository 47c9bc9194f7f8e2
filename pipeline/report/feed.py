"""The feed of all digests in Atom (RFC 4287): one entry each, newest first, without a clock."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from pipeline.report import view
from pipeline.report.digest_card import DigestCard, digest_path, digest_title, newest_first

_ATOM = "http://www.w3.org/2005/Atom"
_NO_DIGEST = "1970-01-01T00:00:00Z"
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def feed_xml(cards: Sequence[DigestCard], library: str) -> str:
    """Return the feed, as it lies at the top of the outputs; ends with a newline.

    A digest is updated on its last day, at midnight UTC. `library` tells libraries apart, whose
    feeds and entries must not share ids.
    """
    ordered = newest_first(cards)
    feed = ET.Element("feed", {"xmlns": _ATOM})
    _say(feed, "id", _urn(library, "feed"))
    _say(feed, "title", "Litline digests")
    _say(feed, "updated", updated(ordered[0]) if ordered else _NO_DIGEST)
    _say(ET.SubElement(feed, "author"), "name", "Litline")
    ET.SubElement(feed, "link", {"rel": "self", "href": "feed.xml"})
    ET.SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": "index.html"})
    for card in ordered:
        _entry(ET.SubElement(feed, "entry"), card, library)
    ET.indent(feed)
    written = ET.tostring(feed, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{written}\n'


def updated(card: DigestCard) -> str:
    """Return midnight UTC of the last day of a digest, as Atom writes it."""
    return f"{card.until.isoformat()}T00:00:00Z"


def _entry(entry: ET.Element, card: DigestCard, library: str) -> None:
    _say(entry, "id", _urn(library, card.name))
    _say(entry, "title", digest_title(card))
    _say(entry, "updated", updated(card))
    page = {"rel": "alternate", "type": "text/html", "href": digest_path(card)}
    ET.SubElement(entry, "link", page)
    _say(entry, "summary", card.short)


def _urn(library: str, name: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"litline/digests/{library}/{name}").urn


def _say(parent: ET.Element, tag: str, text: str) -> None:
    """Add an element with plain text; what hides is marked, what XML cannot hold is left out."""
    ET.SubElement(parent, tag).text = _FORBIDDEN.sub("", view.visible(text))
