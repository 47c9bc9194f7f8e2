"""What a paper calls its own work."""

from __future__ import annotations

import re
from itertools import pairwise

from pipeline.latex import plain
from pipeline.names import MODEL_SIZE, forms_in, parse_name, variants
from pipeline.phrases import (
    ARTICLES,
    VERSION_WORD,
    Forms,
    defined_forms,
    is_distinctive,
    is_generic,
    is_kind,
    is_name_like,
    is_plain_word,
    long_name,
    name_end,
    object_names,
    short_form,
    token_at,
    tokenise,
)
from pipeline.sentences import sentences

# --- What a sentence coins -----------------------------------------------------------------

_COIN = re.compile(
    r"(?:introduc|propos|present|develop|design|devis|creat|construct|releas|launch|unveil|curat"
    r"|collect|establish|formulat|contribut|provid|offer|publish|describ|assembl|compil|engineer"
    r"|open-sourc|buil)(?P<form>e|t|d|es|ds|ed|s|ing|ding)?"
)
_CALL = frozenset(
    "call name named term dub dubbed denote refer coin nickname title abbreviate".split()
)
_CALLED = frozenset(
    "termed named namely called dubbed denoted known coined titled entitled abbreviated".split()
)
_SOLVE = frozenset("address tackle solve overcome mitigate resolve alleviate".split())
_AIMS = frozenset(
    "aim aims aiming seek seeks seeking able ability allow used want hope try trying".split()
)
_OURS = frozenset(
    "paper work study report article survey thesis manuscript letter research".split()
)
_WE = frozenset("we our us".split())
_PROPOSED = frozenset("proposed resulting presented".split())
_FRESH = frozenset("novel new first our simple".split())
_ADVERBS = frozenset(
    """
    also first further then thus therefore hence here next instead now have can will both again
    """.split()
)
_PARTS = frozenset("features comprises includes contains provides offers".split())


def _own(tokens: list[str], at: int, owners: frozenset[str]) -> bool:
    """Say whether the sentence up to `at` is about the paper's own work."""
    head = [token.lower() for token in tokens[:at]]
    return (
        not _WE.isdisjoint(head)
        or any(pair[0] == "this" and pair[1] in _OURS for pair in pairwise(head))
        or (bool(head) and tokens[0] in owners)
    )


def _subject(tokens: list[str], at: int) -> int:
    """Find the word before a verb, adverbs skipped; -1 when the verb comes first."""
    before = at - 1
    while before >= 0 and (tokens[before].lower() in _ADVERBS or tokens[before].endswith("ly")):
        before -= 1
    return before


def _says_own(tokens: list[str], at: int, owners: frozenset[str]) -> bool:
    """Say whether the coining verb at `at` speaks of the paper's own work."""
    before = _subject(tokens, at)
    subject, verb = token_at(tokens, before).lower(), tokens[at].lower()
    if subject == "we":
        return True
    if subject in _OURS:
        return token_at(tokens, before - 1).lower() in ("this", "our", "the", "present")
    joined = subject in ("and", "to", "then", "by") or (subject == "," and verb.endswith("ing"))
    aimed = token_at(tokens, before - 1) in _AIMS
    return joined and not aimed and not verb.endswith("ed") and _own(tokens, at, owners)


def _is_fresh(tokens: list[str], at: int, owners: frozenset[str]) -> bool:
    """Say whether what is called something at `at` is the paper's own."""
    head = [token.lower() for token in tokens[:at]]
    fresh = any(token in _FRESH or _COIN.fullmatch(token) for token in head)
    if tokens[0] in owners:
        return fresh or not _PARTS.isdisjoint(head)
    return fresh and (_own(tokens, at, owners) or _proposes(tokens, at))


def _proposes(tokens: list[str], at: int) -> bool:
    """Say whether `is proposed` or the like follows."""
    return any(be in ("is", "are") and _COIN.fullmatch(verb) for be, verb in pairwise(tokens[at:]))


def _coined_at(tokens: list[str], at: int, owners: frozenset[str]) -> list[Forms]:
    """Read the names that a cue at `at` coins; empty when there is no cue."""
    word = tokens[at].lower()
    if _COIN.fullmatch(word) and _says_own(tokens, at, owners):
        return object_names(tokens, at + 1)
    if word in _CALLED and _names_one(tokens, at) and _is_fresh(tokens, at, owners):
        return _called(tokens, at + 1)
    if word in _CALL and token_at(tokens, _subject(tokens, at)).lower() == "we":
        return _we_call(tokens, at + 1)
    if word == "by" and "we" in map(str.lower, tokens[:at]):
        return _solved_by(tokens, at)
    if word == "our" or (word in _PROPOSED and tokens[at - 1].lower() in ("the", "our")):
        return _ours(tokens, at + 1)
    return _passive(tokens, at) if word in ("is", "are") else []


def _ours(tokens: list[str], at: int) -> list[Forms]:
    """Read the name after `our`, in `our Foo Bar (FB)`, `our model, Foo,` or `our model (Foo)`."""
    end = name_end(tokens, at)
    if end > at:
        forms = defined_forms(tokens, at, end, end)
        return [forms] if forms else []
    here = at
    while here < at + 4 and is_plain_word(token_at(tokens, here)) and not is_kind(tokens[here]):
        here += 1
    if not is_kind(token_at(tokens, here)):
        return []
    short = short_form(tokens, here + 1)
    if short:
        return [[short]]
    start = here + 1 + (token_at(tokens, here + 1) == ",")
    end = name_end(tokens, start)
    words = tokens[start:end]
    name = " ".join(words)
    named = any(map(is_distinctive, words)) and token_at(tokens, end) in (",", ".", "-", "–")
    # A size of a model, as in `Foo2-8B-RL`, is often a rival's model trained further.
    return [[name]] if named and not MODEL_SIZE.search(name.casefold()) else []


def _names_one(tokens: list[str], at: int) -> bool:
    """Say whether `known` is followed by `as`, and `namely` follows a thing in the singular."""
    if tokens[at] == "namely":
        return not token_at(tokens, at - 2).endswith("s")
    return tokens[at] != "known" or token_at(tokens, at + 1) == "as"


def _called(tokens: list[str], at: int) -> list[Forms]:
    """Read the name after `termed`, `named as` and the like; one capitalised word is enough."""
    while token_at(tokens, at) in ("as", "by", "the", ":"):
        at += 1
    end = name_end(tokens, at)
    words = tokens[at:end]
    forms = defined_forms(tokens, at, end, end) or long_name(tokens, at, end)
    single = len(words) == 1 and not is_generic(words[0])
    if not forms and (single or (words and is_name_like(words))):
        forms = [" ".join(words)]
    return [forms] if forms else []


def _we_call(tokens: list[str], at: int) -> list[Forms]:
    """Read the name after `we call`, `we refer to it as` and the like."""
    for here in range(at, min(at + 8, len(tokens))):
        words = tokens[here : name_end(tokens, here)]
        if words and (is_name_like(words) or tokens[here - 1] == "as"):
            return _called(tokens, here)
        if not tokens[here][0].isalnum():
            forms = defined_forms(tokens, at, here, here)
            return [forms] if forms else []
    return []


def _solved_by(tokens: list[str], at: int) -> list[Forms]:
    """Read the name in `we address this by Foo, a method`."""
    end = name_end(tokens, at + 1)
    words = tokens[at + 1 : end]
    solved = not _SOLVE.isdisjoint(tokens[:at]) and words and is_name_like(words)
    apposed = token_at(tokens, end) == "," and token_at(tokens, end + 1) in ARTICLES
    return [[" ".join(words)]] if solved and apposed else []


def _passive(tokens: list[str], at: int) -> list[Forms]:
    """Read the name in `in this paper, a method, Foo, is proposed`."""
    here = any(this == "this" and what in _OURS for this, what in pairwise(map(str.lower, tokens)))
    if not here or not _COIN.fullmatch(token_at(tokens, at + 1)):
        return []
    end = at - 1 if tokens[at - 1] == "," else at
    if tokens[end - 1] == ")" and "(" in tokens[:end]:
        opening = max(place for place in range(end) if tokens[place] == "(")
        forms = defined_forms(tokens, max(0, opening - 8), opening, opening)
        return [forms] if forms else []
    start = end
    while start and name_end(tokens, start - 1) == end:
        start -= 1
    words = tokens[start:end]
    return [[" ".join(words)]] if words and is_name_like(words) else []


# --- What a paper coins --------------------------------------------------------------------

LONGEST_ABSTRACT = 20_000  # characters; more is no abstract, and is not read for names

_PREFIX = re.compile(r"(?:The |An? )?(?P<name>\S.{0,60}?)\s*(?::| [-–—]{1,2})\s+(?P<rest>\S.*)")
_OVERVIEW = re.compile(r"\b(?:survey|review|overview|tutorial|primer)\b", re.IGNORECASE)
_ORDINARY = re.compile(r".*(?:s|ing|tion|sion|ity|ness|ment|ance|ence|ism|ology|er|or)", re.DOTALL)


def coined_names(title: str | None, abstract: str | None) -> list[str]:
    """List the names that a paper itself introduces, best first.

    The name before a title's colon comes first, then names that the title holds, then those that
    the abstract mentions again, then the rest; equals as the abstract coins them. Each is followed
    by its other forms: the long form of an abbreviation, and `Foo 2` beside `Foo2`. Names of
    rivals and bases, abbreviations of the field and ordinary words are left out.

    Args:
        title: the title, LaTeX allowed; `None` when the documents give none.
        abstract: the abstract, LaTeX allowed; `None` when the documents give none.

    Returns:
        The names, each once; empty for a paper that names nothing of its own.
    """
    head, body = (plain((part or "")[:LONGEST_ABSTRACT]) for part in (title, abstract))
    coined = _coined_in(body)
    first = _title_name(head, body, {_key(form) for forms in coined for form in forms})
    ordered = sorted(coined, key=lambda forms: _rank(forms, first, head, body))
    return _written([*first, *(form for forms in ordered for form in forms)], f"{head}\n{body}")


def _coined_in(body: str) -> list[Forms]:
    """List what an abstract coins, in its order."""
    coined: list[Forms] = []
    parts = [tokenise(body[start:end]) for start, end in sentences(body)]
    for tokens in filter(None, parts):
        owners = frozenset(form for forms in coined for form in forms)
        for at in range(len(tokens)):
            coined += _coined_at(tokens, at, owners)
    known = {forms[0] for forms in coined}
    for tokens in parts:
        for at in range(len(tokens)):
            if short_form(tokens, at) in known:
                coined.append(defined_forms(tokens, max(0, at - 10), at, at))
    return [forms for forms in coined if forms]


def _title_name(head: str, body: str, coined: set[str]) -> Forms:
    """Read the name before the colon of a title, if that is a name and not the topic."""
    found = _PREFIX.match(head)
    if not found:
        return []
    name, words = found["name"], found["name"].split()
    if _key(name) in coined:
        return [name]
    if len(words) > 4 or _OVERVIEW.search(found["rest"]) or not is_name_like(words):
        return [name] if _proper_word(name, body) and not _OVERVIEW.search(found["rest"]) else []
    versioned = len(words) == 2 and VERSION_WORD.fullmatch(words[1])
    if len(words) == 1 or versioned:
        return [name] if any(map(is_distinctive, words)) else []
    return [name] if any(map(is_distinctive, words)) and (not body or name in body) else []


def _proper_word(name: str, body: str) -> bool:
    """Say whether one capitalised word is a name: never in lower case, and no ordinary ending.

    What ends as ordinary words do (`Perceiver`) must stand with its capital inside a sentence.
    """
    if not name.isalpha() or not name[0].isupper() or is_generic(name):
        return False
    if _ORDINARY.fullmatch(name) and not re.search(rf"[a-z,] {name}\b", body):
        return False
    return not body or (name in body and not re.search(rf"\b{name.lower()}\b", body))


def _rank(forms: Forms, first: Forms, head: str, body: str) -> int:
    """Rank what the title begins with, what it holds, what recurs, and what is mentioned once."""
    if first and _key(first[0]) in map(_key, forms):
        return 0
    if _mentions(forms, head):
        return 1
    return 2 if _mentions(forms, body) > len(forms) else 3


def _mentions(forms: Forms, text: str) -> int:
    """Count how often a text mentions a name in any of its forms."""
    written = {way for form in forms for way in variants(form)}
    return sum(len(re.findall(rf"(?<![\w-]){re.escape(way)}(?![\w-])", text)) for way in written)


def _key(name: str) -> str:
    """Reduce a name to what its written forms share."""
    return re.sub(r"[\W_]", "", name.casefold())


def _written(names: list[str], text: str) -> list[str]:
    """Give each name once, with its other forms in the text and of `variants`."""
    written: dict[str, None] = {}
    seen: set[str] = set()
    works: set[tuple[str, tuple[int, ...]]] = set()
    for name in names:
        parsed = parse_name(name)
        size_of_known = parsed[:2] in works and MODEL_SIZE.match(parsed.suffix)
        if _key(name) not in seen and not size_of_known:
            written |= dict.fromkeys([name, *forms_in(name, text), *variants(name)])
        seen.add(_key(name))
        works.add(parsed[:2])
    return list(written)
