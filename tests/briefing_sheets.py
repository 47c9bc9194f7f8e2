"""Briefing sheets by hand for the tests of pages; everything in them is invented."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pipeline.briefing_sheet import (
    Authorship,
    BriefingSheet,
    Named,
    ProfileFigures,
    Question,
    TakesPart,
    ThemeRow,
    ThemeTable,
    ToRead,
)
from pipeline.digest_sheet import Listed
from pipeline.records import Coverage
from pipeline.sheets import Claim, Datum, Dropped, Evidence, Stamp, Tokens, claim_id, count
from tests.digest_sheets import listed
from tests.page_sheets import DOCUMENT, evidence

SLUG = "ada-brew"
AUTHOR = "Ada Brew"
_LISTS = (
    *("names", "coverage", "papers", "short", "careful", "facts", "new", "read", "lines"),
    *("people", "released", "figures", "questions", "unknown", "listed", "dropped"),
)


# --- Claims --------------------------------------------------------------------------------


def quoted(field: str, text: str, subject: str = SLUG, **more: Any) -> Claim:
    """Return a sentence of a source, as a claim whose id holds."""
    return _claim(field, text, subject, [evidence(more.pop("quote", text), **more)], None)


def derived(field: str, text: str, *quotes: str, subject: str = SLUG, **more: Any) -> Claim:
    """Return a rewording by a model, as a claim whose id holds."""
    made = _claim(field, text, subject, [evidence(quote, **more) for quote in quotes], None)
    return made.model_copy(update={"kind": "derived", "origin": "model"})


def told(field: str, text: str, *quotes: str, **data: Datum) -> Claim:
    """Return a claim that code computed from `data`, whose id holds."""
    return _claim(field, text, SLUG, [evidence(q) for q in quotes], {"papers": [], **data})


def _claim(
    field: str, text: str, subject: str, places: list[Evidence], data: dict[str, Datum] | None
) -> Claim:
    parts = [p.encode(errors="replace").decode() for p in (subject, text)]
    quotes = [place.quote.encode(errors="replace").decode() for place in places]
    return Claim(
        id=claim_id("litline/briefing", parts[0], field, parts[1], quotes),
        text=text,
        kind="computed" if data else "quoted",
        origin="computed" if data else "extractive",
        evidence=places,
        data=data,
    )


# --- Sheets --------------------------------------------------------------------------------


def briefing(**changes: Any) -> BriefingSheet:
    """Return a sheet whose stamp counts its claims; nothing is in it but what `changes` bring."""
    fields: dict[str, Any] = {
        **{"slug": SLUG, "author": AUTHOR, "since": None, "profile": None},
        **{name: [] for name in _LISTS},
        "named": Named(printed=0, of=0),
        "themes": ThemeTable(years=[], totals=[], rows=[]),
        "stamp": _stamp([]),
        "opened": [one.paper for one in changes.get("listed", [])],
    }
    return _stamped(BriefingSheet(**{**fields, **changes}))


def _stamped(made: BriefingSheet, **by: Any) -> BriefingSheet:
    claims = [claim for _, claim in made.claims()]
    return made.model_copy(update={"stamp": _stamp(claims, len(made.dropped), **by)})


def _stamp(claims: list[Claim], dropped: int = 0, **changes: Any) -> Stamp:
    fields: dict[str, Any] = {
        "engine": "extractive 1",
        "model": None,
        "prompt": "briefing",
        "prompt_version": 1,
        "inputs": [],
        "date": None,
        "tokens": Tokens(),
        "cost_usd": None,
        "counts": count(claims, dropped),
    }
    return Stamp(**{**fields, **changes})


def profile(**changes: Any) -> ProfileFigures:
    fields: dict[str, Any] = {
        "document": DOCUMENT,
        "name": AUTHOR,
        "area": "CV",
        "h_index": 67,
        "papers": 79,
        "citations": 22_636,
        "novelty_percent": None,
        "ai_score": None,
        "evidence": [evidence("h-index67", 10), evidence("79papers", 20), evidence(_CITED, 30)],
    }
    return ProfileFigures(**{**fields, **changes})


_CITED = "22,636citations"


def authored(
    paper: str, position: int | None = None, of: int | None = 3, complete: bool = False
) -> Authorship:
    return Authorship(paper=paper, position=position, of=of, authors_complete=complete)


# --- An author like most -------------------------------------------------------------------

WHISTLE, DRIP = "whistleproxy-0a1b2c3d", "drip-preference-1b2c3d4e"
KETTLE, URN, STEAM = "kettle-ov-2c3d4e5f", "urnsketch-3d4e5f6a", "steam-u1-4e5f6a7b"
_OTHERS = [f"older-{n:02}-00000000" for n in range(45)]
_IDS = [KETTLE, URN, STEAM, WHISTLE, DRIP, *_OTHERS]
_TITLES = {
    WHISTLE: "Whistle Tokens Without Whistles: Proxies for Cheaper Boiling",
    DRIP: "Drip Preference Rewarding for Kettles",
    KETTLE: "From Drops to Floods -- Towards Native One-Kettle Models at Scale",
    URN: "UrnSketch: An Interleaved Boiling Model with Self-correcting Steam",
    STEAM: "Steam-U1: Unifying Boiling and Pouring with a Single Spout",
}
_NEO = "capable of rivaling top-tier modular kettles across diverse kitchens"
_GAP = "Kettle-ov largely narrows the gap to modular kettles"


def author(**changes: Any) -> BriefingSheet:
    """Return the briefing of an author with fifty papers, two of which print the name."""
    return briefing(
        **{
            "names": [AUTHOR],
            "profile": profile(),
            "coverage": [Coverage(document=DOCUMENT, declared=79, present=50)],
            "papers": _authorships(),
            "named": Named(printed=2, of=50),
            "listed": [_listed(n, paper) for n, paper in enumerate(_IDS)],
            "themes": _themes(),
            **_head(),
            **_around(),
            "read": _read(),
            "questions": _questions(),
            **changes,
        }
    )


def _authorships() -> list[Authorship]:
    known = {WHISTLE: authored(WHISTLE, 2, 3, complete=True), DRIP: authored(DRIP, 3, 3)}
    return [known.get(paper) or authored(paper) for paper in _IDS]


def _listed(number: int, paper: str) -> Listed:
    named = {WHISTLE: ["Pen Hao", AUTHOR, "Zi Wei"], DRIP: ["Han Qi", "Peng Ga", AUTHOR]}
    return listed(
        paper,
        dt.date(2031, 5, 27) - dt.timedelta(days=35 * number),
        label=_TITLES.get(paper, f"Kettles, Part {50 - number}"),
        authors=named.get(paper, ["Zhi Kettleworth", "Wen Tongs", "Xi Kong"]),
        et_al=paper != WHISTLE,
        year_inferred=number == 0,
    )


def _themes() -> ThemeTable:
    years = [2027, 2028, 2029, 2030, 2031]
    dated = [(_listed(n, paper).date or dt.date.min).year for n, paper in enumerate(_IDS)]
    totals = [dated.count(year) for year in years]
    rows = [("whistle control", 2), ("kettle models", 3), ("reinforcement boiling", 7)]
    return ThemeTable(
        years=years, totals=totals, rows=[_row(term, every, years) for term, every in rows]
    )


def _row(term: str, every: int, years: list[int]) -> ThemeRow:
    """Return a term that every so-manieth paper mentions."""
    papers = [paper for n, paper in enumerate(_IDS) if n % every == 0 and _year(n) in years]
    dated = [_year(_IDS.index(paper)) for paper in papers]
    return ThemeRow(term=term, counts=[dated.count(year) for year in years], papers=papers)


def _year(number: int) -> int:
    return (_listed(number, _IDS[number]).date or dt.date.min).year


def _head() -> dict[str, list[Claim]]:
    return {
        "short": [
            told(
                "short",
                "The listed work moved from whistle control (7 of the 14 papers of 2027 and 2028)"
                " to kettle models, and in 2031 to reinforcement boiling.",
                here=7,
                of=14,
                first=2027,
                second=2028,
                last=2031,
            ),
            told("short", "Since 2029 two papers mention whistles.", year=2029),
        ],
        "careful": [
            told("careful", "50 of the 79 papers on the profile are present.", here=50, of=79),
            told(
                "careful",
                "2 of the 50 print the name: WhistleProxy (2nd of 3) and Drip Preference"
                " Rewarding (3rd name, list cut).",
                "Pen Hao, Ada Brew, Zi Wei",
                "Han Qi, Peng Ga, Ada Brew et al.",
                printed=2,
                of=50,
                third=3,
            ),
            told(
                "careful",
                "On the other 48 the list stops earlier, so the role is unknown: ask, do not"
                " assume.",
                other=48,
            ),
        ],
        "facts": [
            told(
                "facts",
                "The profile's own figures (undated): h-index 67 · 79 papers · 22,636 citations.",
                "h-index67",
                "79papers",
                _CITED,
                h_index=67,
                declared=79,
                citations="22,636",
            ),
            told("facts", "Affiliation: not stated."),
        ],
    }


def _read() -> list[ToRead]:
    said = [
        (WHISTLE, "WhistleProxy cuts computation on whistle tokens instead of dropping them."),
        (STEAM, "Steam-U1 is one native kettle for boiling and pouring."),
        (KETTLE, "Kettle-ov boils drops and floods end to end, without external spouts."),
        (DRIP, "Drip rewards kettles that punish lucky pours, up to 7.7 points on six stoves."),
        (URN, "UrnSketch draws its steam while it boils."),
    ]
    why = ["the only paper with a certain place in the list", "a plan", "the newest", "", ""]
    return [
        ToRead(
            paper=paper,
            what=quoted("what", text, start=1000 + 100 * n),
            why=told("why", why[n] or "one of the terms that grew"),
        )
        for n, (paper, text) in enumerate(said)
    ]


def _around() -> dict[str, list[Any]]:
    return {
        "lines": [
            TakesPart(
                slug="kettle",
                name="Kettle",
                claim=told("lines", "4 of the 6 members are theirs.", here=4, of=6),
            ),
            TakesPart(
                slug="spout",
                name="Spout",
                claim=told("lines", "2 of the 2 members are theirs.", here=2),
            ),
        ],
        "people": [
            told("people", "Of the names printed: Zhi Kettleworth 10, Wen Tongs 9.", z=10, w=9),
            told("people", "None of them stands on a paper of 2031.", year=2031),
        ],
        "released": [quoted("released", "Our code and models are publicly available.", start=2000)],
        "figures": [
            quoted("figures", f"Kettle {n} achieves {70 + n}.2 on WarmthU.", start=2100 + 100 * n)
            for n in range(5)
        ],
        "unknown": [
            told("unknown", "29 papers of the profile.", missing=29),
            told("unknown", "The role on 48 papers.", roles=48),
            told("unknown", "When the figures were taken."),
        ],
    }


def _questions() -> list[Question]:
    return [
        Question(
            kind="pair",
            claim=told(
                "questions", "Kettle and Kettle-ov both speak of modular kettles.", _NEO, _GAP
            ),
            ask=_HOW,
            papers=[STEAM, KETTLE],
        ),
        Question(
            kind="limit",
            claim=derived(
                "questions", "Drip begins with closed stoves.", "It begins with closed stoves."
            ),
            ask="Does it help on open stoves?",
            papers=[DRIP],
        ),
        Question(
            kind="limit",
            claim=told(
                "questions",
                f'Steam-U1 reports "{_PRELIMINARY}".',
                _WHOLE,
                about="Steam-U1",
            ),
            ask="What would count as solid?",
            papers=[STEAM],
        ),
    ]


_HOW = "How do these fit together?"
_PRELIMINARY = "preliminary evidence"
_WHOLE = "Lastly, preliminary evidence shows that our spouts extend beyond pouring."


def short_author() -> BriefingSheet:
    """Return the briefing of an author with one undated paper that no profile lists."""
    return briefing(
        papers=[authored("lid-6a7b8c9d", 1, 1, complete=True)],
        named=Named(printed=1, of=1),
        listed=[listed("lid-6a7b8c9d", None, label="Lids", authors=[AUTHOR])],
        names=[AUTHOR],
        short=[told("short", "1 paper is present.", here=1)],
        careful=[told("careful", "It may be of another person of that name.")],
    )


def usual() -> BriefingSheet:
    """Return a briefing as long as most: six questions, four terms, sentences of abstracts."""
    made = author()
    table = made.themes
    more = [row.model_copy(update={"term": f"{row.term} by night"}) for row in table.rows[:2]]
    read = [
        one.model_copy(update={"what": quoted("what", _long(n, 130), start=40 * n)})
        for n, one in enumerate(made.read)
    ]
    pairs = [
        told(
            *("questions", f"Pot {n} and lid {n} both speak of floods."),
            *(_long(n, 100), _long(n + 50, 100)),
            n=n,
        )
        for n in (1, 2)
    ]
    limit = quoted("questions", _long(3, 150), start=3)
    return author(
        short=[*made.short, told("short", _long(1, 140), n=1)],
        read=read,
        lines=[
            *made.lines,
            TakesPart(slug="pot", name="Pot", claim=told("lines", _long(2, 80), n=2)),
        ],
        released=[quoted("released", _long(n, 90), start=n) for n in range(2)],
        figures=[quoted("figures", _long(n, 110), start=n) for n in range(5)],
        themes=table.model_copy(update={"rows": [*table.rows, *more[:1]]}),
        questions=[
            *made.questions,
            *(Question(kind="pair", claim=one, ask=_HOW, papers=[KETTLE, URN]) for one in pairs),
            Question(kind="limit", claim=limit, ask=_HOW, papers=[KETTLE]),
        ],
    )


def full(length: int = 200) -> BriefingSheet:
    """Return a briefing in which every part holds as much as it may, in long sentences."""

    def some(field: str, number: int) -> list[Claim]:
        return [quoted(field, _long(n, length), start=9 * n) for n in range(number)]

    made = author()
    questions = [
        Question(
            kind="pair",
            claim=told("questions", "Both speak of floods.", *pair),
            ask=_HOW,
            papers=[KETTLE, URN],
        )
        for pair in ((_long(n, length), _long(n + 50, length)) for n in range(8))
    ]
    table = made.themes
    rows = [
        row.model_copy(update={"term": f"{row.term} {n}"}) for n in range(4) for row in table.rows
    ]
    return author(
        since=dt.date(2031, 3, 1),
        **{field: some(field, 4) for field in ("short", "careful", "facts", "unknown")},
        **{field: some(field, 12) for field in ("new", "people", "released", "figures")},
        read=[
            ToRead(paper=one.paper, what=some("what", 1)[0], why=some("why", 2)[1])
            for one in made.read
        ],
        lines=[
            TakesPart(slug=f"line-{n}", name=f"Line {n}", claim=one)
            for n, one in enumerate(some("lines", 9))
        ],
        questions=questions,
        themes=table.model_copy(update={"rows": rows}),
    )


def _long(number: int, length: int) -> str:
    words = f"Kettle {number} boils drops and floods from end to end without external spouts, "
    return (words * (1 + length // len(words)))[: length - 1].rstrip(" ,") + "."


# --- Anything in every field -----------------------------------------------------------------


def filled_briefing(text: str) -> BriefingSheet:
    """Return a sheet that bears `text` in every field that a source or a model can fill."""
    ids = [f"{text} {n}" for n in range(4)]

    def hostile(field: str) -> Claim:
        return derived(field, text, text, document=text)

    made = briefing(
        slug=text,
        author=text,
        names=[text, f"{text} 2"],
        since=dt.date(2031, 1, 1),
        profile=profile(document=text, name=text, area=text, evidence=[evidence(text)]),
        coverage=[Coverage(document=text, declared=2, present=1)],
        papers=[authored(ids[0], 1, 2, complete=True), *map(authored, ids[1:])],
        named=Named(printed=1, of=4),
        listed=[
            listed(id_, dt.date(2031, 2, 1), label=text, authors=[text] * 2) for id_ in ids[:2]
        ],
        **{f: [hostile(f)] * 7 for f in ("short", "careful", "facts", "new", "people", "unknown")},
        **{f: [hostile(f)] * 7 for f in ("released", "figures")},
        read=[ToRead(paper=ids[0], what=hostile("what"), why=hostile("why"))],
        themes=ThemeTable(
            years=[2030, 2031],
            totals=[0, 4],
            rows=[ThemeRow(term=text, counts=[0, 2], papers=ids[:2])] * 8,
        ),
        lines=[TakesPart(slug=text, name=text, claim=hostile("lines"))] * 6,
        questions=[
            Question(kind="pair", claim=hostile("questions"), ask=text, papers=ids[:2]),
            Question(
                kind="pair", claim=told("questions", "How?", f"{text} x"), ask=text, papers=ids[:2]
            ),
        ],
        dropped=[Dropped(field=text, text=text, reason=text)],
    )
    return _stamped(made, engine=text, model=text, prompt=text, date="2031-06-01")
