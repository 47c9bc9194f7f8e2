"""What a paper releases of its own, and where: code, data, models and pages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from pipeline.chunking import Sentence

LinkKind = Literal["code", "data", "model", "page"]


class Link(NamedTuple):
    """Something that a sentence of a paper releases.

    `kinds` has at least one kind, each once, in the order of `LinkKind`. `url` is None for what is
    released without an address. `released` is false for a promise, as in `will be released`.
    `sentence` is the number of the sentence.
    """

    kinds: tuple[LinkKind, ...]
    url: str | None
    released: bool
    sentence: int


def links(sentences: Iterable[Sentence]) -> list[Link]:
    """List what the sentences of a paper release of its own, in order, each only once.

    An address counts as the paper's code, data or model only where the sentence says that these
    are released, available or found there. `See our project page at …` gives a page. The address
    of what others released, or that the paper uses, is left out.
    """
    found: dict[tuple[tuple[LinkKind, ...], str | None], Link] = {}
    for sentence in sentences:
        for link in links_in(sentence.text, sentence.number):
            found.setdefault((link.kinds, link.url), link)
    return list(found.values())


def links_in(text: str, number: int) -> list[Link]:
    """List what one readable sentence releases; `number` is the number of the sentence."""
    if not _ANY.search(text):
        return []
    places = addresses_in(text)
    bare = " ".join(_URL.sub(" ", _unwrapped(text)).split())
    if _OTHERS.search(bare) or _REFUSED.search(bare):
        return []
    kinds = _kinds(bare) or next(filter(None, map(_hosted, places)), ())
    if not _is_release(bare, kinds, bool(places)):
        return _pages(bare, places, number)
    released = not _PROMISE.search(bare)
    if not places:
        return [Link(kinds, None, released, number)] if kinds else []
    hosts = [(_hosted(url) or kinds or ("page",), url) for url in places]
    apart = len(places) > 1 and len({kind for kind, _ in hosts}) > 1
    return [Link(kind if apart else kinds or kind, url, released, number) for kind, url in hosts]


def _pages(bare: str, places: list[str], number: int) -> list[Link]:
    """Return the addresses of `See our project page at …` and of a demonstration."""
    return [
        Link(("page",), url, True, number)
        for url in places
        if _PAGE.search(bare) and "//dx.doi." not in url
    ]


# --- Words ---------------------------------------------------------------------------------

_KINDS: dict[LinkKind, re.Pattern[str]] = {
    "code": re.compile(
        r"\b(?:(?:source\s+)?codes?|codebase|implementations?|software|scripts?|toolbox|toolkit"
        r"|library)\b",
        re.IGNORECASE,
    ),
    "data": re.compile(
        r"\b(?:data(?:sets?)?|benchmarks?|corpus|corpora|annotations?|logs?|recordings?|pictures"
        r"|questions|pairs|images|prompts)\b",
        re.IGNORECASE,
    ),
    "model": re.compile(
        r"\b(?:(?<!data\s)(?<!training\s)models?(?!\s+(?:training|code|size))|weights|checkpoints?)\b",
        re.IGNORECASE,
    ),
    "page": re.compile(
        r"\b(?:project\s+(?:web)?(?:page|site)|web\s?site|homepage|demos?|project|videos?|visuali[sz]ations?|everything)\b",
        re.IGNORECASE,
    ),
}
_FREE = (
    r"(?:released?|releasing|open-?sourced?|available|public(?:ly)?(?!\s+(?:data|set|bench))|shared"
    r"|published|accessible|made\s+open|opened|hosted|provided?|found|downloaded)"
)
_RELEASE = re.compile(
    rf"\b(?:is|are|be|been|were|was)\s+(?:\w+\s+){{0,4}}?{_FREE}\b"
    rf"|\b[Ww]e\s+(?:\w+\s+){{0,4}}?(?:release|open-?source|open|provide|share|publish|make)\b"
    rf"|^(?:\S+\s+){{0,6}}?{_FREE}\s+(?:at|on|in|from|via|under|here)\b|\breleasing\b"
    r"|\b(?:is|are)\s+(?:at|on|here)\b|^(?:\S+\s+){0,4}(?:code|models?|data(?:set)?|weights):",
    re.IGNORECASE,
)
_PROMISE = re.compile(
    r"\b(?:will|shall|(?:is|are)\s+to\s+be|upon\s+(?:\w+\s+)?(?:acceptance|publication)|soon"
    r"|plan(?:s|ned|ning)?\s+to|going\s+to|intend\s+to|once\s+\w+\s+accepted|in\s+the\s+future)\b",
    re.IGNORECASE,
)
_ANY = re.compile(r"https?:|releas|avail|public|publish|open|shared?\b", re.IGNORECASE)
_REFUSED = re.compile(
    r"\b(?:do|does|can|could|will|did)\s?n[o']t\s+(?:be\s+)?(?:release|publish|share|provide|open)"
    r"|\b(?:not|never)\s+(?:be\s+|been\s+|yet\s+)?(?:publicly\s+)?(?:released|available|shared|public)"
    r"|\bcannot\s+(?:be\s+)?(?:release|share|publish)",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"\b[Ww]e\s+(?:\w+\s+){0,2}?(?:use|used|adopt|employ|follow|build|buil[dt]|start|evaluate|train"
    r"|fine-tune|compare|download|crawl|collect|reuse|rely)\b"
    r"|\b(?:code|models?|data(?:sets?)?|weights|checkpoints?)\s+(?:\w+\s+){0,2}?(?:of|by|from)\s+[A-Z]"
    r"|\b(?:[Tt]heir|others'?|third-party|official)\s+(?:\w+\s+)?(?:code|models?|data|repository|weights)"
    r"|\b(?:public(?:ly)?|openly)\s+(?:available|released)\s+(?:data|code|models?|corp|bench|weights)"
    r"|\b(?:recent|prior|previous|existing)\s+(?:\w+\s+)?release",
)
_PAGE = re.compile(
    r"\b(?:project\s+(?:web)?(?:page|site)|web\s?site|homepage|demos?|(?:active\s+)?repository"
    r"|project|videos?|visuali[sz]ations?)\b|\b(?:see|visit)\s+(?:our|the|also|https?)\b|\bsee$",
    re.IGNORECASE,
)


def _kinds(bare: str) -> tuple[LinkKind, ...]:
    """List the kinds that a sentence releases, by the words before it says so."""
    found = _RELEASE.search(bare)
    said = (
        bare if found is None or re.match(r"we\b|releas", found[0], re.I) else bare[: found.end()]
    )
    said = said.rpartition("; ")[2]
    kinds = tuple(kind for kind in _KINDS if kind != "page" and _KINDS[kind].search(said))
    return kinds or (("page",) if _KINDS["page"].search(said) else ())


def _is_release(bare: str, kinds: tuple[LinkKind, ...], addressed: bool) -> bool:
    """Say whether a sentence releases something: a thing of its own, and a word for it."""
    named = bool(kinds) and bool(_RELEASE.search(bare))
    return named and (addressed or bool(_STRICT.search(bare)))


# Without an address, `data is available` may say no more than that there is some.
_STRICT = re.compile(
    r"\b(?:code|codebase|data(?:sets?)?|models?|weights|benchmark|toolbox|corpora|corpus)\b"
    r"[^.;:]{0,80}?\b(?:(?:is|are|be|been)\s+(?:\w+\s+){0,2}?"
    r"(?:released|open-?sourced|public|(?:publicly|freely|openly)\s+(?:available|shared|released)"
    r"|made\s+(?:publicly\s+)?available|available\s+(?:online|upon|soon|on\s+(?:GitHub|our|request)))"
    r"|(?:will|shall)\s+be\s+(?:\w+\s+)?(?:available|public|shared|published))\b"
    r"|\b[Ww]e\s+(?:will\s+|shall\s+|plan\s+to\s+|also\s+)?(?:\w+ly\s+)?(?:release|open-?source)\b"
    r"[^.;:]{0,80}\b(?:code|data(?:sets?)?|models?|weights|benchmark)\b",
    re.IGNORECASE,
)

# --- Addresses -----------------------------------------------------------------------------

_URL = re.compile(r"https?://[^\s<>\"“”{}|^`\\]+", re.IGNORECASE)
_WRAPPED = re.compile(
    r"(https?://(?:github\.com|gitlab\.com|huggingface\.co)/[\w.-]+/) "
    r"(?=[\w.-]*[A-Z\d_-][\w.-]*\)?$)"
    r"|(https?://\S+/\S*[_-]) (?=[\w.-]+\)?$)"
)
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24}")
_HOSTS: tuple[tuple[re.Pattern[str], tuple[LinkKind, ...]], ...] = (
    (re.compile(r"https?://huggingface\.co/datasets/"), ("data",)),
    (re.compile(r"https?://huggingface\.co/spaces/"), ("page",)),
    (re.compile(r"https?://zenodo\.org/"), ("data",)),
    (re.compile(r"https?://(?:www\.)?(?:github|gitlab)\.com/"), ("code",)),
)


def addresses_in(text: str) -> list[str]:
    """List the addresses of a readable text, those that make sense.

    Only http and https; no user, no port and no bare number as a host. Marks at the end are
    dropped, and a bracket that was not opened inside.
    """
    urls = (_trimmed(found[0]) for found in _URL.finditer(_unwrapped(text)))
    return [url for url in urls if _makes_sense(url)]


def _unwrapped(text: str) -> str:
    """Join an address that is broken after a slash, `_` or `-`, at the end of a text."""
    return _WRAPPED.sub(r"\1\2", text)


def _trimmed(url: str) -> str:
    """Drop LaTeX escapes, and marks that belong to the sentence."""
    plain = re.sub(r"\\([_%#&~])", r"\1", url)
    while plain and (plain[-1] in ".,;:!?'’*_~]" or (plain[-1] == ")" and "(" not in plain)):
        plain = plain[:-1]
    return plain


def _makes_sense(url: str) -> bool:
    try:
        parts = urlsplit(url)
        odd = parts.port is not None or parts.username is not None or parts.password is not None
    except ValueError:
        return False
    host = (parts.hostname or "").lower()
    return not odd and "@" not in parts.netloc and bool(_HOST.fullmatch(host))


def _hosted(url: str) -> tuple[LinkKind, ...]:
    """Return the kind of what lies at an address, where the address says so."""
    return next((kinds for host, kinds in _HOSTS if host.match(url.lower())), ())
