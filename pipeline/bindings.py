"""The patterns that bind the amounts of a sentence to what they measure."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from pipeline.mentions import mentions
from pipeline.metric_phrases import (
    BEAT,
    COST,
    FALL,
    GAIN,
    GENERIC_MEASURE,
    KEEP,
    LOSS,
    MEASURE,
    PREPOSITION,
    REACH,
    RISE,
    RIVAL_LIKE,
    SPEEDUP,
    TRAIL,
    VERBS,
    is_place,
    opening,
    phrase_of,
    tail_of,
    tidy,
    with_tail,
)
from pipeline.outcomes import Group
from pipeline.rivals import baseline, rival_name


class Bond(NamedTuple):
    """How a group is bound: its metrics and baselines, one for all or one for each amount.

    `kind` is `value` or `change`; `follows` says that it belongs to the row before it.
    """

    kind: str
    metrics: tuple[str, ...]
    baselines: tuple[str | None, ...] = (None,)
    falls: bool = False
    follows: bool = False


Bonds = list[tuple[Group, Bond | None]]


class _Spot(NamedTuple):
    """A group in its text, and the groups before it with their bonds."""

    text: str
    group: Group
    before: Bonds


def bind(text: str, group: Group, before: Bonds) -> Bond | None:
    """Bind a group to what it measures by the first pattern that fits; None where none does."""
    if _DENIED.search(group.head) or _OTHERS.search(group.head) or _THEIRS.search(group.head):
        return None
    for pattern in _PATTERNS:
        bond = pattern(_Spot(text, group, before))
        if bond is not None:
            if len(group.amounts) > 1 and re.match(r"[^;:.,]*\sand\s(?:19|20)\d\d\b", group.after):
                return None
            return bond if bond.follows or any(bond.metrics) else None
    return None


def _by(spot: _Spot) -> Bond | None:
    """Bind `improves X by 3%`, `outperforms Y by 3 points on X` and `X falls by 3%`."""
    head = re.sub(r"[\s-]+by$", "", spot.group.head)
    if head == spot.group.head:
        return None
    if _is_ratio(spot.group):
        return _UNBOUND
    since = spot.before[-1][0].end if spot.before else 0
    verbs = [v for v in _CHANGING.finditer(head) if v.end() > since or v.end() == len(head)]
    if _THEN_MEASURE.match(spot.group.after):
        return _measured_by(spot, head, verbs[-1] if verbs else None)
    if verbs and verbs[-1].end() < len(head):
        span = head[verbs[-1].end() :].strip()
        upon = re.match(r"(?:up)?on\s+|over\s+", span)
        if upon:
            return _beaten(spot, span[upon.end() :], verbs[-1])
        return (_beaten if verbs[-1]["beat"] else _changed)(spot, span, verbs[-1])
    noun = _CHANGE_NOUN.search(head)
    if verbs or noun:
        found = verbs[-1] if verbs else noun
        metric = _noun_before(head[: found.start()]) if found else ""
        listed = re.search(rf"\band\s+{re.escape(metric)}", head)
        if len(spot.group.amounts) > 1 and listed:
            return _UNBOUND
        tail = tail_of(spot.group.after)
        falls = bool(_FALLING.match(found[0])) if found else False
        rival = baseline(spot.group, "near")
        return Bond(
            "change",
            (with_tail(metric, tail, spot.group.after) if metric else "",),
            (rival,),
            falls,
        )
    return _elided(head, spot.before)


def _measured_by(spot: _Spot, head: str, verb: re.Match[str] | None) -> Bond:
    """Bind `improves Y by 3 mAP on X`; nothing where what comes before says another metric."""
    found = _THEN_MEASURE.match(spot.group.after)
    span = tidy(head[verb.end() :]) if verb else ""
    named = span.startswith("state") or len(mentions(f"x {span}")) == 1
    if not found or not verb or _CLAUSES.search(span) or not (verb["beat"] or named):
        return _UNBOUND
    here = spot.group._replace(after=spot.group.after[found.end() :])
    rival = rival_name(head[verb.end() :])
    falls = bool(_FALLING.match(verb[0]) or re.match(TRAIL, verb[0]))
    return Bond("change", _where(found["what"], here), (rival,), falls)


def _beaten(spot: _Spot, span: str, verb: re.Match[str]) -> Bond | None:
    """Bind `outperforms Y by 3 points on X`; without `on X` to the row before or the opening."""
    if _CLAUSES.search(span):
        return None
    where = tail_of(spot.group.after)
    rival = re.split(r"\s+(?:on|in|across)\s+", span)
    inner = tidy(rival[1]) if len(rival) == 2 else ""
    follows = not where and not inner and _may_follow(spot.before)
    falls = bool(re.match("trail|lag|underperform", verb[0]))
    metrics = _listed(where, spot.group) or (inner or opening(spot.text),)
    return Bond("change", metrics, (rival_name(rival[0]),), falls, follows)


def _may_follow(before: Bonds) -> bool:
    """Say whether the group before has a value that a difference may belong to."""
    last = before[-1] if before else None
    return bool(last and last[1] and last[1].kind == "value" and len(last[0].amounts) == 1)


def _changed(spot: _Spot, span: str, verb: re.Match[str]) -> Bond | None:
    """Bind `improves the accuracy of Y by 3% on X`."""
    if _CLAUSES.search(span) or span.endswith(",") or span.startswith(","):
        return None
    falls = bool(_FALLING.match(verb[0]))
    over = _split_owner(span)
    metric, rest = (span[: over.start()], span[over.end() :]) if over else (span, "")
    owners = tuple(_items(rest)) if over and len(spot.group.amounts) > 1 else (rival_name(rest),)
    tail = tail_of(spot.group.after) or ("average" if _AVERAGE.match(spot.group.after) else "")
    if not _is_metric(tidy(metric)):
        named = len(mentions(f"x {tidy(metric)}")) == 1 and not over
        return Bond("change", (tail,), (rival_name(span),), falls) if named and tail else None
    against = tuple(owner or baseline(spot.group, "near") for owner in owners)
    where = _listed(tail, spot.group)
    if len(where) > 1:
        return Bond(
            "change",
            tuple(with_tail(tidy(metric), w, spot.group.after) for w in where),
            against,
            falls,
        )
    whole = with_tail(tidy(metric), tail, spot.group.after) if tail != "average" else tidy(metric)
    return Bond("change", (_opened(spot.text, whole),), against, falls)


def _split_owner(span: str) -> re.Match[str] | None:
    """Find where `the accuracy of Y` and `the rate over Y` go over to a rival."""
    for found in re.finditer(r"\s(?P<cue>over|compared\s+(?:to|with)|relative\s+to|of)\s+", span):
        owner = span[found.end() :]
        named = all(any(mentions(f"x {item}")) for item in _items(owner))
        if found["cue"] != "of" or RIVAL_LIKE.match(tidy(owner)) or named:
            return found
    return None


def _elided(head: str, before: Bonds) -> Bond | None:
    """Bind the second figure of `improves X by 3% and Y by 4%`."""
    if not before or before[-1][1] is None or before[-1][1].kind != "change":
        return None
    found = re.fullmatch(r",?\s+and\s+(?P<metric>[^,;:.]{2,60})", head[before[-1][0].end :])
    metric = tidy(found["metric"]) if found else ""
    if re.match(r"\w+(?:ed|s)\s+(?:the|its|an?)\s", metric):
        return None
    falls = before[-1][1].falls
    return Bond("change", (metric,), (None,), falls) if _is_metric(metric) else None


def _gain_of(spot: _Spot) -> Bond | None:
    """Bind `a gain of 3% in X`, and without `in X` to the row before."""
    found = _NOUN_OF.search(spot.group.head)
    if not found:
        return None
    measured = _THEN_MEASURE.match(spot.group.after)
    if measured and not spot.group.amounts[0].unit:
        here = spot.group._replace(after=spot.group.after[measured.end() :])
        falls = bool(re.match(LOSS, found["noun"]))
        return Bond("change", _where(measured["what"], here), (baseline(here, "shared"),), falls)
    if not _SHARE_UNIT.fullmatch(spot.group.amounts[0].unit or ""):
        return _UNBOUND
    ratio = _is_ratio(spot.group)
    if ratio or re.match(SPEEDUP, found["noun"]):
        metric = _ratio_of(tidy(found["what"] or ""), found["noun"], spot.group.after)
        return Bond("value" if ratio else "change", (metric,), (baseline(spot.group, "shared"),))
    falls = bool(re.match(LOSS, found["noun"]))
    what = (found["what"] or "").strip()
    what = what if _is_metric(what) else ""
    metrics = _where(what, spot.group)
    follows = not what and not any(metrics) and _may_follow(spot.before)
    front = opening(spot.text) if not any(metrics) else ""
    return Bond(
        "change", (front,) if front else metrics, (baseline(spot.group, "shared"),), falls, follows
    )


def _gain_after(spot: _Spot) -> Bond | None:
    """Bind `a 3-point improvement in X`, `3% X gain` and `a 4× X speedup`."""
    found = _THEN_GAIN.match(spot.group.after)
    if not found:
        return None
    unit = spot.group.amounts[0].unit
    if not _SHARE_UNIT.fullmatch(unit or "") and not (unit is None and _MEASURED.search(found[0])):
        return _UNBOUND
    rest = spot.group.after[found.end() :]
    here = spot.group._replace(after=rest)
    against = (baseline(here, "shared"),)
    what = tidy(found["what"])
    if what and not _is_metric(what) and not _QUALITY.fullmatch(what):
        return _UNBOUND
    what = what if _is_metric(what) else ""
    noun = found["noun"]
    ratio = _is_ratio(spot.group)
    if ratio or re.match(SPEEDUP, noun):
        return Bond("value" if ratio else "change", (_ratio_of(what, noun, rest),), against)
    falls = bool(re.match(LOSS, noun))
    metrics = _where(what, here)
    if not any(metrics):
        inside = spot.text[: spot.group.start].rstrip(" +").endswith("(")
        follows = _may_follow(spot.before) and (
            inside or bool(_PARTICIPLE.search(spot.group.head)) or spot.group.head.endswith(",")
        )
        return Bond("change", (opening(spot.text),), against, falls, follows)
    return Bond("change", metrics, against, falls)


def _is_ratio(group: Group) -> bool:
    return group.amounts[0].unit in ("×", "times", "fold")


def _ratio_of(what: str, noun: str, after: str) -> str:
    """Say what grew or shrank by a factor; the noun stays, for it says which of the two."""
    whole = f"{what} {noun}".strip()
    tail = "" if what else tail_of(after)
    return with_tail(whole, tail, after) if what or tail or re.match(SPEEDUP, noun) else ""


def _more(spot: _Spot) -> Bond | None:
    """Bind `3% higher X than Y on Z` and `training 3x faster`."""
    found = _THEN_MORE.match(spot.group.after)
    if not found:
        return None
    rest = spot.group.after[found.end() :]
    rival = baseline(spot.group._replace(after=rest), "shared")
    doing = re.search(
        r"\b((?!being|achieving)[a-z]+ing|inference|generation)(?:\s+is|\s+runs)?$", spot.group.head
    )
    ratio = _is_ratio(spot.group)
    if not found["what"] and ratio and doing and found["more"] in ("faster", "slower"):
        return Bond("value", (doing[1],), (rival,))
    if ratio and found["more"] not in ("higher", "better", "faster"):
        return None
    than = re.match(r"\s*than\s", rest)
    what = tidy(found["what"])
    counted = _ENDS_IN_MEASURE.search(what) or re.search(rf"{COST}$", what)
    if not what or (found["more"] in ("more", "less") and not counted):
        return None
    if not than and _ENDS_IN_MEASURE.search(what) and not ratio:
        falls = found["more"] in ("lower", "less", "fewer")
        here = spot.group._replace(after=rest)
        return Bond("change", _where(what, here), (baseline(here, "shared"),), falls)
    if not than or not rival:
        return None
    place = re.search(rf"{re.escape(rival)}\s+(on|in)\s+", rest)
    tail = tail_of(rest[place.start() + len(rival) :]) if place else ""
    metric = tidy(found["what"])
    whole = f"{metric} {place[1]} {tail}" if place and tail else metric
    falls = found["more"] in ("lower", "less", "fewer")
    against = tuple(_items(rival)) if len(spot.group.amounts) > 1 else (rival,)
    return Bond("value" if ratio else "change", (whole,), against, falls and not ratio)


def _ahead(spot: _Spot) -> Bond | None:
    """Bind `5.7 points above Y` to the row before it."""
    found = _THEN_AHEAD.match(spot.group.after)
    if (
        not found
        or "points" not in (spot.group.amounts[0].unit or "")
        or not _may_follow(spot.before)
    ):
        return None
    falls = bool(re.search("below|behind|lower", found[0]))
    return Bond("change", ("",), (baseline(spot.group, "near"),), falls, follows=True)


def _from_to(spot: _Spot) -> Bond | None:
    """Bind `raises X from 3% to 5%`, of which the second figure is the value."""
    if not spot.before or spot.text[spot.before[-1][0].end : spot.group.start].strip() != "to":
        return None
    head = re.sub(r"\s+from$", "", spot.before[-1][0].head)
    verbs = list(_CHANGING.finditer(head)) + list(_MOVES.finditer(head))
    if head == spot.before[-1][0].head or not verbs:
        return None
    verb = max(verbs, key=lambda found: found.end())
    span = head[verb.end() :] or _noun_before(head[: verb.start()])
    span = re.sub(r".*\bto\s\S+\s+and\s+(?=\w)", "", span)
    metric = tidy(span)
    if not _is_metric(metric) or _CLAUSES.search(span) or _followed_by_noun(spot.group):
        return None
    whole = with_tail(metric, tail_of(spot.group.after), spot.group.after)
    return Bond("value", (_opened(spot.text, whole),))


def _moves_to(spot: _Spot) -> Bond | None:
    """Bind `X falls to 3%, compared to 5% for Y`."""
    found = re.search(rf"{_MOVES.pattern}\s+to$", spot.group.head, re.VERBOSE)
    if not found or _followed_by_noun(spot.group):
        return None
    metric = re.sub(r"\s+of\s+[A-Z][\w .+-]*$", "", _noun_before(spot.group.head[: found.start()]))
    rival = re.match(
        r",?\s+(?:compared\s+(?:to|with)|against|versus|down\s+from)\s+[\d.]+\s?%?\s+(?:for|of|by)"
        r"\s+(?:the\s+)?([A-Z][\w.+-]*\w)",
        spot.group.after,
    )
    return (
        Bond("value", (_opened(spot.text, metric),), (rival[1] if rival else None,))
        if metric
        else None
    )


def _share(spot: _Spot) -> Bond | None:
    """Bind `keeps 90% of the performance of Y with 5% of the parameters`."""
    found = re.match(r"\s+of\s+(?P<what>[^,;:()]+)", spot.group.after)
    if not found or spot.group.amounts[0].unit != "%":
        return None
    phrase = phrase_of(found["what"])
    metric, _, rival = phrase.partition(" of ")
    owner = rival_name(re.split(r"\s+(?:on|over|across|in)\s+", rival)[0]) or None
    measured = rf"(?:.*\s)?(?:performance|quality|capabilit\w+|{MEASURE})"
    if re.fullmatch(measured, metric) and re.search(rf"\b{KEEP}$", spot.group.head):
        return Bond("value", (metric,), (owner,))
    with_ = re.search(
        r"\b(?:with|using|utili[sz]ing|requiring|needing|at|consuming)$", spot.group.head
    )
    if re.fullmatch(rf"(?:.*\s)?{COST}", metric) and with_ and spot.before and spot.before[-1][1]:
        return Bond("value", (metric,), (owner,))
    return None


def _plus(spot: _Spot) -> Bond | None:
    """Bind `+3% on X` and `gains 3% on X`."""
    if not spot.group.signed and not re.search(r"\bgain(?:s|ed|ing)?$", spot.group.head):
        return None
    measured = _THEN_MEASURE.match(spot.group.after)
    if not (measured or spot.group.amounts[0].unit or re.match(r"\s+on\s", spot.group.after)):
        return None
    rest = spot.group.after[measured.end() :] if measured else spot.group.after
    metrics = _where(measured["what"] if measured else "", spot.group._replace(after=rest))
    falls = bool(re.search(r"[-−]$", spot.text[: spot.group.start]))
    inside = spot.text[: spot.group.start].rstrip(" +").endswith("(")
    follows = not any(metrics) and inside and _may_follow(spot.before)
    return Bond("change", metrics, (baseline(spot.group, "shared"),), falls, follows)


def _measured(spot: _Spot) -> Bond | None:
    """Bind `65.4 mAP on X`; in a list after a difference it is one."""
    found = _THEN_MEASURE.match(spot.group.after)
    others = _OF_OTHERS.search(spot.group.head)
    if not found or others or _counts(spot.group, found["what"]):
        return None
    rest = spot.group.after[found.end() :]
    like = _inherited(spot) or Bond("value", ())
    metrics = _where(found["what"], spot.group._replace(after=rest))
    earlier = _earlier_places(spot.group)
    if earlier and metrics == (found["what"],):
        metrics = tuple(f"{place}, {found['what']}" for place in earlier)
    elif metrics == (found["what"],):
        metrics = (_opened(spot.text, found["what"]),)
    return Bond(like.kind, metrics, (baseline(spot.group, "shared"),), like.falls)


def _of(spot: _Spot) -> Bond | None:
    """Bind `an accuracy of 67.0 on X`."""
    found = _MEASURE_OF.search(spot.group.head)
    if not found:
        return None
    what = re.sub(r"^(?:new\s+)?state-of-the-art\s+", "", tidy(found["what"]))
    head = spot.group.head[: found.start("what")]
    counts = spot.group.amounts[0].unit is None and _THEN_NOUN.match(spot.group.after)
    if counts or _OF_OTHERS.search(spot.group.head) or _OLD.search(f"{head[-20:]} {what}"):
        return None
    after = _past_bracket(spot.group.after)
    tail = tail_of(after)
    moved = _MOVED_IN.search(head)
    if moved:
        here = spot.group._replace(after=after)
        return Bond("change", _where(what, here), falls=bool(re.match(LOSS, moved["noun"])))
    if GENERIC_MEASURE.fullmatch(what):
        what = "" if tail or opening(spot.text) else what
    metrics = _where(what, spot.group._replace(after=after))
    if not tail:
        metrics = (_opened(spot.text, what),)
    return Bond("value", metrics, (baseline(spot.group, "shared"),))


def _on(spot: _Spot) -> Bond | None:
    """Bind `reaches 67.0 on X`, and `On X, Foo reaches 67.0`."""
    if not re.search(rf"\b(?:{REACH}|surpass\w*|exceed\w*)$", spot.group.head):
        return None
    after = _past_bracket(spot.group.after)
    tail = tail_of(after)
    rival = (baseline(spot.group, "shared"),)
    if tail and is_place(tail) and re.match(r"\s+(?:on|in|across)\s", after):
        return Bond("value", _listed(tail, spot.group) or (tail,), rival)
    ends = re.match(r"\s*(?:correctly\b|[.,;]|$|\s(?:and|but|while)\b)", after)
    return (
        Bond("value", _listed(opening(spot.text), spot.group), rival)
        if ends and opening(spot.text)
        else None
    )


def _in_list(spot: _Spot) -> Bond | None:
    """Bind the second figure of `reaches 74.3 on X and 54.4 on Y`, as what the first one is."""
    tail = tail_of(spot.group.after)
    found = _inherited(spot)
    if not found or not is_place(tail) or re.match(r"\s+(?:for|of)\s", spot.group.after):
        return None
    rival = baseline(spot.group, "shared") or found.baselines[0]
    return Bond(found.kind, _listed(tail, spot.group) or (tail,), (rival,), found.falls)


def _inherited(spot: _Spot) -> Bond | None:
    """Return the bond of the group that this one is listed with; None where it is with none."""
    if not re.search(r"(?:,|\band|\bbut)(?:\s+by)?$", spot.group.head):
        return None
    for other, bond in reversed(spot.before):
        if bond and other.amounts[0].unit == spot.group.amounts[0].unit:
            between = spot.text[other.end : spot.group.start]
            return None if re.search(rf"\s{VERBS}|[;:]", between) else bond
    return None


# --- Pieces --------------------------------------------------------------------------------

_DENIED = re.compile(
    r"\b(?:not|never|cannot|fail(?:s|ed)?\s+to|without|unable\s+to)\b[^,;:]{0,30}$"
)
_SHARE_UNIT = re.compile(r"%.*|percent.*|per\s?cent.*|points|accuracy points|p[pt]s?|×|times|fold")
_MEASURED = re.compile(rf"\b(?:{MEASURE}|performance)\b")
_OTHERS = re.compile(
    r"\b(?:compared\s+(?:to|with)|relative\s+to|comparison\s+(?:to|with)|than|against|versus|vs\.?"
    r"|v/s|within|from)(?:\s+the)?$"
)
_THEIRS = re.compile(
    r"\b(?:recent|current|existing|today's|(?:recent\s+)?leading|prior|previous|earlier)\s+(?:\w+\s+)?"
    r"(?:models|methods|systems|agents|approaches|works?)\s+(?:\w+\s+)?"
    r"(?:achiev|reach|obtain|attain|scor|report|demonstrat)\w*\b[^;:]*$",
    re.IGNORECASE,
)
_OF_OTHERS = re.compile(
    r"\b(?:than|over|compared\s+(?:to|with)|against|versus|from|vs\.?|beyond|improv\w+\s+(?:up)?on)\s+"
    r"(?:(?!with|and|to|at|by|achiev|reach|obtain|on|for|while)[\w'-]+\s+){0,5}?"
    r"(?:\d[\d.]*\s?%?\s+(?:and\s+)?(?:[\w-]+\s+){0,3})?of$"
)
_OLD = re.compile(r"\b(?:previous|prior|earlier|published|reference|baseline|chance|existing)\b")
_MOVED_IN = re.compile(rf"\b(?P<noun>{GAIN}|{LOSS})\s+(?:in|of)\s+(?:the\s+|its\s+|an?\s+)?$")
_THEN_NOUN = re.compile(
    r"\s+(?!(?:on|in|for|and|with|at|by|using|under|over|while|when|which|to|but|or|after|across"
    r"|from|than|against|compared|without|is|are|points?|respectively|via|through|as)\b)[a-z]"
)
_UNBOUND = Bond("change", ())
_CHANGING = re.compile(rf"\b(?:(?P<beat>{BEAT}|{TRAIL})|{RISE}|{FALL})\b", re.IGNORECASE)
_FALLING = re.compile(rf"{FALL}\b|(?:{LOSS}|falls?|drops?|declin\w+|shrinks?)\b", re.IGNORECASE)
_CHANGE_NOUN = re.compile(rf"\b(?:{GAIN}|{LOSS})$")
_MOVES = re.compile(
    r"\b(?:falls?|drops?|rises?|declines?|shrinks?|grows?|climbs?|increases?|decreases?|improves?)\b"
)
_CLAUSES = re.compile(r"[;:]|,\s(?:and|which|while)\b|\b(?:while|whereas|which|that|by|but)\b|\.\s")
_AVERAGE = re.compile(r"\s+(?:in|on)\s+average\b")
_PARTICIPLE = re.compile(r"\b\w+ing$")
_PLAIN = (
    rf"(?!{VERBS})(?!(?i:higher|lower|better|greater|worse|without|losing|only|less|under|within|on|of|in|for|to|and|with|by|the|an?|at|from|over|than|as|while|is|are|that|which|more"
    r"|or|per|larger|smaller|bigger|longer|faster|fewer|compared|when|its?)\b)[\w@'/.+-]*[\w@+]"
)
_ADJECTIVES = r"(?:(?:absolute|relative|average|overall|mean|significant|substantial)\s+)*"
_NOUN_OF = re.compile(
    rf"(?P<what>(?:\b{_PLAIN}\s+){{1,2}}?)?\b(?P<noun>{GAIN}|{LOSS}|{SPEEDUP})\s+of$"
)
_THEN_GAIN = re.compile(
    rf"[\s-]+{_ADJECTIVES}(?P<what>(?:{_PLAIN}\s+){{0,4}}?)(?P<noun>{GAIN}|{LOSS}|{SPEEDUP})\b"
    rf"(?!\s+(?:than|as)\b)"
)
_THEN_MORE = re.compile(
    rf"\s+(?P<more>higher|lower|better|faster|slower|more|less|fewer)"
    rf"(?P<what>(?:\s+{_PLAIN}){{0,3}})"
)
_THEN_MEASURE = re.compile(
    rf"[\s-]+(?P<what>(?:{_PLAIN}\s+){{0,3}}?{MEASURE}(?:\s+(?:test\s+)?(?:accuracy|score|rate))?)"
    r"(?![\w@-])"
)
_THEN_AHEAD = re.compile(
    r"\s+(?:above|over|ahead\s+of|below|behind|(?=(?:better|higher|lower)\s+than\s))"
)
_MEASURE_OF = re.compile(
    rf"(?:^|\s|\()(?P<what>(?:{_PLAIN}\s+){{0,2}}?{MEASURE})\s+(?:of|at|is|was|=|:)$"
)


_ENDS_IN_MEASURE = re.compile(rf"(?:^|[\s-]){MEASURE}$")
_QUALITY = re.compile(
    r"\w+(?:able|ant|ial|ive|ent|ic)|large|huge|clear|computational|additional|total|big|further|strong|average|mean|overall"
)


def _is_metric(phrase: str) -> bool:
    """Say whether a phrase may be what is measured: short, and no model or method by its end."""
    if re.match(r"(?:state|SOTA|previous|prior|existing|for|in|on|of|with|to|from|by)\b", phrase):
        return False
    last = phrase.rsplit(maxsplit=1)[-1] if phrase else ""
    thing = re.fullmatch(
        r"(?:models?|methods?|baselines?|MLLMs?|LLMs?|VLMs?|LVLMs?|agents?|approach(?:es)?|it|them"
        r"|counterparts?|networks?|results?|systems?|ones?|policy|novel|new|strong|large|only|just)",
        last,
    )
    named = mentions(f"x {phrase}")
    whole = len(named) == 1 and named[0].text == phrase and not _ENDS_IN_MEASURE.search(phrase)
    whole = whole and not re.fullmatch(COST, phrase)
    if _QUALITY.fullmatch(phrase):
        return False
    return bool(phrase) and not thing and not whole and len(phrase) <= 90


def _noun_before(head: str) -> str:
    """Return the noun phrase at the end of a text."""
    part = re.split(r"[,;:()]|\b(?:with|and|that|where|while|could|can|witness|see)\s", head)
    phrase = tidy(re.split(r"(?<!\bof)(?<!\bon)(?<!\bin)(?<!\bfor)\s(?:an?|the)\s", part[-1])[-1])
    phrase = re.sub(
        r"(?:\s+(?:can|could|may|will|be|is|are|was|were|has|have|been|also|then|only|\w+ly))+$",
        "",
        phrase,
    )
    return phrase if _is_metric(phrase) and len(phrase.split()) <= 8 else ""


def _followed_by_noun(group: Group) -> bool:
    """Say whether a number without unit counts the noun behind it, as in `from 41 to 17 words`."""
    return group.amounts[0].unit is None and bool(
        re.match(r"\s+(?!on|in|for|and)[a-z]", group.after)
    )


def _counts(group: Group, what: str) -> bool:
    """Say whether a number counts things, as in `beyond 64 pages accuracy falls`."""
    if group.amounts[0].unit:
        return False
    whole = "." not in group.amounts[0].printed
    reached = re.search(rf"\b(?:{REACH}|surpass\w*|exceed\w*|and|with)$", group.head)
    return bool(re.search(r"[a-z]{3}s\s", what)) or (whole and not reached)


def _items(phrase: str) -> list[str]:
    """List the items of `A, B and C`."""
    return [tidy(item) for item in re.split(r",\s+and\s+|,\s+|\s+and\s+", phrase) if tidy(item)]


def _listed(tail: str, group: Group) -> tuple[str, ...]:
    """Return one item of a list for each amount where there are as many; else the list as it is."""
    items = _items(tail)
    many = len(group.amounts)
    if many < 2 or len(items) != many:
        return (tail,) if tail else ()
    first = re.match(r".+\s(?:on|in|over|for)\s+(?:the\s+)?", items[0])
    return (items[0], *(f"{first[0] if first else ''}{item}" for item in items[1:]))


def _where(what: str, group: Group) -> tuple[str, ...]:
    """Join what is measured and the benchmarks behind it, one for each amount."""
    tail = tail_of(group.after)
    found = PREPOSITION.match(group.after)
    if found and found[0].strip(" ,").startswith("in terms") and tail:
        at = group.after.index(tail) + len(tail)
        where = tail_of(group.after[at:])
        places = _listed(where, group)
        return tuple(with_tail(tail, place, group.after[at:]) for place in places) or (tail,)
    places = _listed(tail, group)
    return tuple(with_tail(what, place, group.after) for place in places) or (what,)


def _opened(text: str, metric: str) -> str:
    """Put the benchmark that a sentence opens with before a metric that names none."""
    front = opening(text)
    if not front or re.search(r"\b(?:on|in|across)\s", metric) or front in metric:
        return metric
    return f"{front}, {metric}" if metric else front


def _earlier_places(group: Group) -> tuple[str, ...]:
    """Return the benchmarks of `on A and B, achieving 3% and 4%, respectively`."""
    many = len(group.amounts)
    if many < 2 or not re.match(r"[^.;]*\brespectively\b", group.after):
        return ()
    found = re.search(r"\b(?:on|in)\s+(?P<list>[^,;:.]+),\s+\w+ing$", group.head)
    items = _items(found["list"]) if found else []
    return tuple(items) if len(items) == many else ()


def _past_bracket(after: str) -> str:
    """Skip a bracket right behind a number."""
    return re.sub(r"^\s*\([^()]*\)", "", after)


_PATTERNS: tuple[Callable[[_Spot], Bond | None], ...] = (
    *(_by, _gain_of, _gain_after, _more, _ahead, _from_to, _moves_to, _share, _plus),
    *(_measured, _of, _on, _in_list),
)
