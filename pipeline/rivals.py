"""Whose a figure is, and what it is compared with."""

from __future__ import annotations

import re

from pipeline.mentions import Mention, mentions
from pipeline.metric_phrases import MEASURE, RIVAL_LIKE, STOP, VERBS, tidy
from pipeline.outcomes import Group

# --- Whose, and against what ----------------------------------------------------------------

_SUBJECT = re.compile(
    rf"(?:\s\([^()]{{1,30}}\))?(?P<comma>,)?(?:\s(?:model|agent|also|further|can|could|to|firstly"
    rf"|consistently|\w+ly))*\s+(?!it\b|we\b|they\b|score\b)(?:{VERBS}|demonstrat|lead|show|boost|gain"
    r"|enabl|exhibit)"
)
_PART = re.compile(
    r"\b(?:on|of|with|into|from|over|than|to|by|for|in|at|against|like|as|plugging|applying|using"
    r"|outperform\w*|surpass\w*)\s+(?:the\s+|our\s+)?(?:[a-z][a-z-]+\s+){0,2}$",
    re.IGNORECASE,
)
_FRONTED = re.compile(
    r"(?:\w+,\s)?(?:On|In|For|Across|With|Using|Based\s+on|Built\s+on|Trained\s+on)\s[^,]+,\s"
)
_KIND = re.compile(r"[A-Z]*(?:LLM|VLM|LM)s?(?:-[a-z]+)?|[A-Z]{2,}s|[A-Z]+-based|RL|SFT|GPU|CPU")


def subjects(text: str, group: Group) -> list[str]:
    """List the names right before the nearest verb that precedes a group."""
    named = [m for m in mentions(text) if m.end <= group.start]
    starts = [found.end() for found in _CLAUSE.finditer(text, 0, group.start)]
    fronted = _FRONTED.match(text)
    begin = starts[-1] if starts else fronted.end() if fronted else 0
    for at in range(len(named) - 1, -1, -1):
        verb = _SUBJECT.match(text, named[at].end)
        if named[at].start < begin or not verb:
            continue
        row = _listed_back(text, named[: at + 1])
        if verb["comma"] and re.search(r"ing$", text[verb.start() : verb.end()].strip()):
            continue
        if not _PART.search(text[: row[0][0]]):
            names = [text[start:end] for start, end in row]
            return (
                []
                if any(_KIND.fullmatch(name) or re.fullmatch(MEASURE, name) for name in names)
                else names
            )
        return []
    return []


def _listed_back(text: str, named: list[Mention]) -> list[tuple[int, int]]:
    """Return where the last name and those listed right before it stand, in full."""
    row = [(named[-1].start, named[-1].end)]
    for name in reversed(named[:-1]):
        between = text[name.end : row[0][0]]
        if between == " ":
            row[0] = (name.start, row[0][1])
        elif re.fullmatch(r"\s+and\s+(?:the\s+)?|,\s+(?:and\s+)?", between):
            row.insert(0, (name.start, name.end))
        else:
            break
    return row


_CLAUSE = re.compile(r";\s|:\s|\b(?:while|whereas|although)\b|\.\s")
_ASIDE = re.compile(rf"{_CLAUSE.pattern}|,\s(?:\w+\s)?\w+ing\b")
_BESTED = re.compile(
    r"[^,;:]*?(?:,\s[^,;:]{0,40}\s(?:and|on)\s[^,;:]*)?,\s(?:(?!and)\w+\s)?(?:outperform|surpass|exceed|beat)ing\s+"
    r"(?P<rival>(?:the\s+)?[^;:]+)"
)
_AGAINST = re.compile(
    r"\b(?:compared\s+(?:to|with)|relative\s+to|in\s+comparison\s+(?:to|with)|versus|against|than"
    r"|over|above|below|ahead\s+of|behind)\s+(?:that\s+of\s+)?"
)
_FIGURE_OF = re.compile(r"(?:the\s+)?[\d.]+\s?%?\s+(?:\w+\s+)?(?:of|for|by)\s+")


def baseline(group: Group, near: str) -> str | None:
    """Read what a figure is compared with in the words behind it, up to the next clause.

    Only `compared to` and the like may stand beyond another figure, and only where `near` is
    `shared`.
    """
    rest = group.after
    clause = _ASIDE.search(rest)
    rest = rest[: clause.start()] if clause else rest
    digits = re.search(r"(?<![\w.-])[+-]?\d", rest.replace("10,000", "        "))
    for found in _AGAINST.finditer(rest):
        far = digits is not None and found.start() > digits.start()
        if far and not re.match("compared|relative|in comparison", found[0]):
            continue
        if not far or near == "shared":
            return _rival(rest[found.end() :], found[0])
    return None


def _rival(rest: str, cue: str) -> str | None:
    """Read the name of a rival at the start of a text."""
    given = _FIGURE_OF.match(rest)
    if given is None and re.match(r"\W?\d", rest):
        return None
    start = rest[given.end() if given else 0 :]
    example = re.match(r"[^,;()]{0,60},?\s\(?i\.e\.,?\s([\w.+-]+)", start)
    phrase = tidy(example[1] if example else _rival_phrase(start))
    over = cue.strip() == "over"
    if over and not (RIVAL_LIKE.match(phrase) or any(mentions(f"over {phrase}"))):
        return None
    if over and re.search(r"\b(?:benchmarks?|datasets?|tasks?)\b", phrase):
        return None
    phrase = re.sub(r"\s(?:based|trained|reported|using|obtained|proposed|published)$", "", phrase)
    phrase = re.sub(r"\sof\s\d.*", "", phrase)
    vague = phrase in ("model", "method", "art", "work", "models", "methods")
    return phrase if 0 < len(phrase) <= 80 and not vague else None


def _rival_phrase(start: str) -> str:
    end = re.search(rf"{STOP.pattern}|\s(?:on|in|for|across|over)\s|,", start, re.VERBOSE)
    return start[: end.start()] if end else start


def rival_name(span: str) -> str:
    """Reduce `the state-of-the-art method, Foo,` to `Foo`; other spans lose their determiners."""
    last = span.rstrip(" ,").rpartition(",")[2]
    return tidy(last if any(mentions(f"x {last.strip()}")) else span)


def bested(group: Group) -> str | None:
    """Read the rival of `reaches 67.0 on X, outperforming Y`."""
    found = _BESTED.match(group.after)
    elsewhere = found and re.match(r"[^,;:]*\s(?:on|in)\s", found["rival"])
    return _rival(found["rival"], "surpassing") if found and not elsewhere else None
