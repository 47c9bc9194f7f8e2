"""Words and numbers that pages of every kind share: visible text, dates, evidence, stamps."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import quote

from pipeline.records import Coverage
from pipeline.scribe import counted, printed_day
from pipeline.sheets import Claim, Counts, Evidence, Stamp

MOST_AUTHORS = 3

plural = counted
_MONTHS = "January February March April May June July August September October November December"

_KINDS = {"quoted": "quoted", "derived": "reworded", "computed": "computed"}
_ORIGINS = {
    "model": "from the model",
    "extractive": "chosen without a model",
    "fallback": "quoted instead of a refused one",
    "computed": "computed by code",
    "reviewer": "from a reviewer",
}

# What a reader cannot see: controls, invisible fillers, changes of direction, half characters.
# Joiners are left alone where scripts and emoji need them.
_HIDDEN = re.compile(
    "[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufdd0-\ufdef\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff"
    "\U000e0000-\U000e007f]"
    "|(?<![\u0600-\u0dff\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])[\u200c\u200d]"
)
_WEB = re.compile(r"https?://[\w.~:/?#@!$&()*+,;=%-]+", re.ASCII)
_ARXIV_ID = re.compile(r"\d{4}\.\d{4,5}|[a-z][a-z-]*(?:\.[A-Z]{2})?/\d{7}", re.ASCII)


# --- Text ----------------------------------------------------------------------------------


def visible(text: str) -> str:
    """Put a mark such as `‹U+202E›` in the place of each character that a reader cannot see."""
    if text.isascii() and text.isprintable():
        return text
    return _HIDDEN.sub(lambda found: f"‹U+{ord(found[0]):04X}›", text)


def seen(text: str) -> str:
    """Leave out each character that a reader cannot see; line ends and tabs stay."""
    return text if text.isascii() and text.isprintable() else _HIDDEN.sub("", text)


def same_words(one: str, other: str) -> bool:
    """Whether two texts differ at most in case, white space and the point at the end."""
    first, second = (" ".join(text.split()).rstrip(".").casefold() for text in (one, other))
    return first == second


def human_date(date: dt.date, year_inferred: bool = False) -> str:
    """Write a date as `27 May 2026`, and say so when its year is inferred."""
    return printed_day(date) + " (year inferred)" * year_inferred


def day_and_month(date: dt.date) -> str:
    """Write a date as `27 May`, for lists under a heading that names the year."""
    return f"{date.day} {_MONTHS.split()[date.month - 1]}"


def author_line(authors: Sequence[str] | None, cut: bool) -> str:
    """Name the first three authors; `cut` says that the source itself names no more."""
    if not authors:
        return "authors not stated"
    others = cut or len(authors) > MOST_AUTHORS
    return ", ".join(authors[:MOST_AUTHORS]) + (" et al." if others else "")


def arxiv_url(arxiv_id: str) -> str | None:
    """Return the address of an arXiv id, or None when it is not shaped like one."""
    return f"https://arxiv.org/abs/{arxiv_id}" if _ARXIV_ID.fullmatch(arxiv_id) else None


def web_address(url: str) -> str | None:
    """Return a web address that is safe in a link and in Markdown, or None."""
    return url if _WEB.fullmatch(url) else None


def address(text: str) -> str:
    """Return `text` as one part of an address: nothing in it can end or leave that part."""
    return quote(text, safe="", errors="replace")


def source_path(document: str, root: str = "../") -> str:
    """Return the relative address of a source text; `root` leads from the page to the outputs."""
    return f"{root}sources/{address(document)}.txt"


def source_page(document: str, root: str = "../") -> str:
    """Return the relative address of the page of a source text."""
    return f"{root}sources/{address(document)}.html"


def mark_id(start: int, end: int) -> str:
    """Return the anchor of a quoted place on the page of its source."""
    return f"at-{start}-{end}"


def passage_path(evidence: Evidence, root: str = "../") -> str:
    """Return the address of the quoted words, marked on the page of their source."""
    return f"{source_page(evidence.document, root)}#{mark_id(evidence.start, evidence.end)}"


def coverage_words(coverage: Coverage) -> str:
    """Say how much of what a document declares it holds."""
    declared, present = coverage.declared, coverage.present
    if declared is None:
        return f"{plural(present, 'paper')} present"
    if declared == present:
        return f"{plural(declared, 'paper')} declared, all present"
    missing = declared - present
    gap = f": {missing:,} {'is' if missing == 1 else 'are'} missing" if missing > 0 else ""
    return f"{plural(declared, 'paper')} declared, {present:,} present{gap}"


# --- Claims and evidence -------------------------------------------------------------------


class References:
    """Evidence numbered from 1 in the order of its first use, each place once."""

    def __init__(self) -> None:
        self._numbers: dict[Evidence, int] = {}

    def cite(self, evidence: Iterable[Evidence]) -> tuple[int, ...]:
        """Return the numbers of `evidence`, each once, giving new ones where needed."""
        numbers = (self._numbers.setdefault(e, len(self._numbers) + 1) for e in evidence)
        return tuple(dict.fromkeys(numbers))

    def listed(self) -> list[Evidence]:
        """Return all evidence cited so far; the first has number 1."""
        return list(self._numbers)


class Line(NamedTuple):
    """One claim ready to be printed; `based` says that the page tells what stands behind it."""

    id: str
    text: str
    lacking: str
    label: str
    numbers: tuple[int, ...]
    based: bool = False


def cited(claim: Claim, references: References) -> Line:
    """Prepare a claim for print and number its evidence."""
    numbers = references.cite(claim.evidence)
    based = claim.kind != "quoted"
    return Line(claim.id, claim.text, lacking(claim), claim_label(claim), numbers, based)


def claim_label(claim: Claim) -> str:
    """Say in a word or two how a claim came about; empty for the source's own words."""
    special = {"fallback": "quoted instead", "reviewer": "by a reviewer"}
    kind = "" if claim.kind == "quoted" else _KINDS[claim.kind]
    read = "accepted by a reviewer" if claim.reviewed == "accepted" else ""
    rules = ", ".join(claim.overruled or ())
    overruled = f"a reviewer overruled the check of {rules}" if rules else ""
    return ", ".join(filter(None, (kind, special.get(claim.origin, ""), read, overruled)))


_LACKS = {"figure": "gives no figure", "benchmark": "names no benchmark"}


def lacking(claim: Claim) -> str:
    """Say what a result does not give; empty where it gives all."""
    return ", ".join(_LACKS[name] for name in claim.lacks or [])


# --- Stamp ---------------------------------------------------------------------------------


def stamp_words(stamp: Stamp) -> str:
    """Say what made a sheet, when, at what cost, and what its claims are."""
    if stamp.model is None:
        rests = f" The summaries behind it took {_spent(stamp)}" if stamp.tokens.input else ""
        return f"{_without_model(stamp)}{rests} {_counted(stamp.counts)}"
    return f"{_with_model(stamp)} {_spent(stamp)} {_counted(stamp.counts)}{_legend(stamp.counts)}"


def _without_model(stamp: Stamp) -> str:
    copied = set(stamp.counts.by_kind) == {"quoted"}
    what = (
        ": each sentence is copied from the source, at most without a lead-in." if copied else "."
    )
    who = "This page was made by code" if stamp.tokens.input else "No language model was used"
    return f"{who}{what} Engine: {stamp.engine}."


def _with_model(stamp: Stamp) -> str:
    date = f", {human_date(dt.date.fromisoformat(stamp.date))}" if stamp.date else ""
    prompt = f"prompt {stamp.prompt}, version {stamp.prompt_version}"
    return f"Written by {stamp.model} ({stamp.engine}), {prompt}{date}."


def _spent(stamp: Stamp) -> str:
    about = " (estimated)" if stamp.tokens_estimated else ""
    tokens = f"{stamp.tokens.input:,} tokens in and {stamp.tokens.output:,} out{about}"
    cost = "price not known" if stamp.cost_usd is None else f"{stamp.cost_usd:.4f} US dollars"
    return f"{tokens}, {cost}."


def _counted(counts: Counts) -> str:
    parts = [_shares(counts.by_kind, _KINDS), _shares(counts.by_origin, _ORIGINS)]
    how = f" ({'; '.join(parts)})" if counts.claims else ""
    ends = [f"{counts.dropped:,} dropped" if counts.dropped else "none dropped"]
    ends += [f"{counts.asked_again:,} went back to the model once"] * bool(counts.asked_again)
    ends += [f"{counts.overruled:,} stand by a judge's word"] * bool(counts.overruled)
    ends += [f"{counts.reviewed:,} approved by a reviewer"] * bool(counts.reviewed)
    return f"{plural(counts.claims, 'claim')}{how}, {', '.join(ends)}."


def _shares(counts: Mapping[str, int], words: Mapping[str, str]) -> str:
    if len(counts) == 1:
        return "all " * (sum(counts.values()) > 1) + words[next(iter(counts))]
    return ", ".join(f"{number:,} {words[name]}" for name, number in counts.items())


def _legend(counts: Counts) -> str:
    return (
        " What bears no label is in the source's own words." if "quoted" in counts.by_kind else ""
    )
