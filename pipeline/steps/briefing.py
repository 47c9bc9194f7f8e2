"""The briefing on an author: what they are about, what changed, what to read, what to ask."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from pipeline.authorship import authorships, named
from pipeline.briefing_sheet import BriefingSheet, TakesPart, ToRead
from pipeline.companions import beside, institutions
from pipeline.dossier import Dossier, Part
from pipeline.people import may_be_one
from pipeline.questions import questions, speaks_of_a_role
from pipeline.reading_list import Choice, place, reading_list
from pipeline.scribe import Scribe, counted, listed, printed_day
from pipeline.sheets import Claim, Datum, Evidence, code_stamp
from pipeline.themes import Shift, Shifts, shifts, theme_table

STAGE = "briefing"
ENGINE = "briefing 1"
_SHEET = "litline/briefing"
_MEANT = re.compile(r"h-index|papers?$|citations?$", re.IGNORECASE)
_SHIFTED = 0.2  # of a share that is told as moved
_LEAST = 5  # papers on either side of a change that is told
_GOODS = {"code", "data", "model"}  # a demo or a page is none of them
_TOLD = 2  # terms that rose, and that fell
_NAMED = 4  # names that a sentence gives
_UNKNOWN_ROLE = "the role is unknown; ask, do not assume."
_FIGURES = 5  # results that they will be asked about


def make_briefing(dossier: Dossier) -> BriefingSheet:
    """Make the briefing; every choice and every figure in it is made by code."""
    teller = _Teller(dossier)
    author, entries = dossier.author, dossier.entries
    sheet = BriefingSheet(
        slug=dossier.slug,
        author=author.name,
        names=list(author.names),
        since=dossier.since,
        profile=dossier.profile,
        coverage=list(dossier.coverage),
        papers=list(teller.authorships.values()),
        named=named(author, entries),
        short=list(teller.short()),
        careful=list(teller.careful()),
        facts=list(teller.facts()),
        new=list(teller.new()),
        read=[teller.to_read(one) for one in teller.chosen],
        themes=theme_table(entries, dossier.terms, teller.shifts),
        lines=[teller.takes_part(part) for part in dossier.parts],
        people=list(teller.people()),
        released=list(teller.released()),
        figures=list(teller.figures()),
        questions=questions(dossier, teller.scribe),
        unknown=list(teller.unknown()),
        opened=sorted(dossier.sheets),
        listed=[listed(entry) for entry in entries],
        stamp=code_stamp(ENGINE, [], []),
        dropped=[],
    )
    inputs = [one.stamp for one in dossier.sheets.values()]
    claims = [claim for _, claim in sheet.claims()]
    return sheet.model_copy(update={"stamp": code_stamp(ENGINE, claims, inputs)})


def years(span: tuple[int, int]) -> str:
    """Print years: `2025` or `2024–2025`."""
    return f"{span[0]}" if span[0] == span[1] else f"{span[0]}–{span[1]}"


def _with_ties(counts: Sequence[tuple[str, int]]) -> str:
    """Name the first few of many counts, most first, and say how many more are like the last."""
    first = [one for one in counts if one[1] > 1][:_NAMED]
    last = first[-1][1]
    tied = sum(count == last for _, count in counts) - sum(count == last for _, count in first)
    told = ", ".join(f"{name} {count:,}" for name, count in first)
    return f"{told} and {tied:,} more with {last:,}" if tied else told


def _tells_a_role(claim: Claim) -> bool:
    """Whether a model's words speak of what the authors did, which a briefing does not print."""
    return claim.kind == "derived" and bool(speaks_of_a_role(claim.text))


class _Teller:
    """Makes the claims of one briefing."""

    def __init__(self, dossier: Dossier) -> None:
        self._dossier = dossier
        self._papers = [entry.paper.id for entry in dossier.entries]
        self.scribe = Scribe(_SHEET, dossier.slug)
        found = authorships(dossier.author, dossier.entries)
        self.authorships = {one.paper: one for one in found}
        self.shifts = shifts(dossier.entries, dossier.terms)
        self.chosen = reading_list(dossier, self.authorships)

    def _said(
        self,
        field: str,
        text: str,
        papers: Sequence[str],
        figures: Mapping[str, object] = MappingProxyType({}),
        places: Sequence[Evidence] = (),
    ) -> Claim:
        """Return a claim about papers, or where there are none, documents; numbers print commas."""
        told: dict[str, Datum] = {
            name: f"{value:,}" if isinstance(value, int) else str(value)
            for name, value in figures.items()
        }
        data: dict[str, Datum] = {
            "papers": list(papers),
            "documents": [one.document for one in self._dossier.coverage],
            "names": [self._dossier.labels[paper] for paper in papers[:_NAMED]],
            "more": f"{max(len(papers) - _NAMED, 0):,}",
        }
        return self.scribe.computed(field, text, data | told, places)

    def _names(self, papers: Sequence[str]) -> str:
        names = ", ".join(self._dossier.labels[paper] for paper in papers[:_NAMED])
        more = f" and {len(papers) - _NAMED:,} more" if len(papers) > _NAMED else ""
        return f"{names}{more}"

    # --- In short ------------------------------------------------------------------------------

    def short(self) -> Iterator[Claim]:
        """Say what the papers are about, and what changed."""
        found = self.shifts
        if not self._papers:
            yield self._said("short", "No paper of theirs is in these documents.", [])
            return
        if found is None or not found.terms:
            text = f"{counted(len(self._papers), 'paper')} in these documents."
            yield self._said("short", text, self._papers, {"of": len(self._papers)})
            return
        moved = list(self._moved(found))
        yield from moved or self._often(found)
        latest = self._dossier.entries[0]
        if latest.paper.date:
            day = printed_day(latest.paper.date)
            day += ", year inferred" if latest.details.year_inferred else ""
            text = f"The newest is {self._dossier.labels[latest.paper.id]} ({day})."
            yield self._said("short", text, [latest.paper.id], {"day": day})

    def _often(self, found: Shifts) -> Iterator[Claim]:
        terms = sorted(found.terms, key=lambda one: (-len(one.papers), one.term))[:2]
        often = [one for one in terms if len(one.papers) > 1]
        of = len(self._papers)
        told = " and ".join(f"{one.term} ({len(one.papers)} of {of})" for one in often)
        text = f"{counted(of, 'paper')} in these documents."
        if told:
            text = f"{counted(of, 'paper')}, most often on {told}."
        yield self._said("short", text, self._papers, {"of": of, "terms": told})

    def _moved(self, found: Shifts) -> Iterator[Claim]:
        """Say from what to what the work moved, where enough papers show it."""
        if found.early is None or min(found.of_late, found.of_early) < _LEAST:
            return
        order = sorted(found.terms, key=lambda one: (found.change(one), one.term))
        fell = [one for one in order[:_TOLD] if found.change(one) <= -_SHIFTED]
        rose = [one for one in order[: -_TOLD - 1 : -1] if found.change(one) >= _SHIFTED]
        parts = [
            f"{word} on {' and '.join(self._shift(found, one) for one in some)}"
            for word, some in (("more", rose), ("less", fell))
            if some
        ]
        if parts:
            first, last = found.late
            late = years(found.late) if last - first < 2 else f"{first} and {last}"
            span = f"{late} against {years(found.early)}"
            papers = [*dict.fromkeys(id_ for one in (*rose, *fell) for id_ in one.papers)]
            told = ", ".join(parts)
            yield self._said("short", f"{span}: {told}.", papers, {"years": span, "shares": told})

    def _shift(self, found: Shifts, one: Shift) -> str:
        return f"{one.term} ({one.late} of {found.of_late}, before {one.early} of {found.of_early})"

    # --- What is easily got wrong --------------------------------------------------------------

    def careful(self) -> Iterator[Claim]:
        """Warn of missing papers, of roles that nothing shows, and of people of like names."""
        for one in self._dossier.coverage:
            if (one.declared or 0) > one.present:
                text = f"{one.present:,} of the {one.declared:,} papers on the profile are present."
                figures = {"present": one.present, "declared": one.declared or 0}
                yield self._said("careful", text, self._papers, figures)
        yield from self._roles()
        yield from self._beyond_the_page()
        author = self._dossier.author
        others = [name for name in author.others if may_be_one(name, author.name)][:_NAMED]
        if others:
            told = ", ".join(others)
            text = f"Not taken for the same person, though it may be: {told}."
            yield self._said("careful", text, self._papers, {"others": told})

    def _beyond_the_page(self) -> Iterator[Claim]:
        """Warn of papers that only a printed name makes theirs, and of those that none does."""
        dossier, pages = self._dossier, set(self._dossier.author.pages)
        if not pages:
            if dossier.cut and self._papers:
                text = (
                    f"No page of theirs is here: on {counted(dossier.cut, 'other paper')} the list "
                    "of authors is cut, and some may be theirs."
                )
                yield self._said("careful", text, self._papers, {"cut": dossier.cut})
            return
        beyond = [
            entry.paper.id
            for entry in dossier.entries
            if not any(ref.document in pages for ref in entry.paper.records)
        ]
        if beyond:
            verb, page = ("prints", "is") if len(beyond) == 1 else ("print", "are")
            text = (
                f"{counted(len(beyond), 'paper')} {verb} the name and {page} not on their own "
                f"page, so perhaps another person's: {self._names(beyond)}."
            )
            yield self._said("careful", text, beyond, {"beyond": len(beyond)})

    def _roles(self) -> Iterator[Claim]:
        """Say on which papers the lists of authors name them, and where."""
        told = [one for one in self.authorships.values() if one.position is not None]
        silent = [one for one in self.authorships.values() if one.position is None]
        if not self._papers:
            return
        shown = ", ".join(f"{self._dossier.labels[o.paper]} ({place(o)})" for o in told[:_NAMED])
        more = f" and {len(told) - _NAMED:,} more" if len(told) > _NAMED else ""
        of = counted(len(self._papers), "paper")
        verb = "prints" if len(told) == 1 else "print"
        text = f"{len(told):,} of {of} {verb} the name in the list of authors: {shown}{more}."
        if not told:
            text = f"No list of authors names them on {of}."
        whole = sum(one.authors_complete for one in silent)
        if len(silent) > whole:
            text += f" On {len(silent) - whole:,} the list stops before the name, or there is none"
            text += f": {_UNKNOWN_ROLE}"
        if whole:
            text += f" On {whole:,} a whole list does not show which name is theirs."
        counts = {
            "named": len(told),
            "of": len(self._papers),
            "silent": len(silent) - whole,
            "whole": whole,
            "places": shown + more,
        }
        yield self._said("careful", text, self._papers, counts)

    def facts(self) -> Iterator[Claim]:
        """Yield the profile's own figures, and say whose the institutions are."""
        profile = self._dossier.profile
        if profile is not None:
            parts = [
                f"{word} {value:,}" if word == "h-index" else f"{value:,} {word}"
                for word, value in (
                    ("h-index", profile.h_index),
                    ("papers", profile.papers),
                    ("citations", profile.citations),
                )
                if value is not None
            ]
            if parts:
                text = f"The profile's own figures (undated): {' · '.join(parts)}."
                data: dict[str, Datum] = {"documents": [profile.document], "figures": parts}
                places = [one for one in profile.evidence if _MEANT.search(one.quote)]
                yield self.scribe.computed("facts", text, data, places)
        found = institutions(self._dossier.author, self._dossier.entries)
        text = "Affiliation: not stated."
        if found:
            names = ", ".join(one.name for one in found[:_NAMED])
            text += f" Institutions on the pages ({names}) belong to papers, not to a person."
        yield self._said(
            "facts", text, [id_ for one in found for id_ in one.papers] or self._papers
        )

    def new(self) -> Iterator[Claim]:
        """Say what is dated after the last meeting."""
        since = self._dossier.since
        if since is None:
            return
        day = printed_day(since)
        found = [
            entry.paper.id
            for entry in self._dossier.entries
            if entry.paper.date and entry.paper.date > since
        ]
        text = f"Nothing in these documents is dated after {day}."
        if found:
            text = f"{counted(len(found), 'paper')} after {day}: {self._names(found)}."
        yield self._said("new", text, found, {"day": day, "new": len(found)})

    # --- What to read, where they take part ----------------------------------------------------

    def to_read(self, one: Choice) -> ToRead:
        """Say what a paper is, and why to read it."""
        sheet = self._dossier.sheets.get(one.paper)
        leads = sheet.summary.leads if sheet else []
        lead = next((claim for claim in leads if not _tells_a_role(claim)), None)
        what = self.scribe.again("what", lead) if lead else None
        reasons = "; ".join(one.reasons) or "also theirs"
        text = f"{reasons[0].upper()}{reasons[1:]}."
        why = self._said("why", text, [one.paper], {"reasons": reasons})
        return ToRead(paper=one.paper, what=what, why=why)

    def takes_part(self, part: Part) -> TakesPart:
        """Say with which papers the author takes part in a line."""
        verb = "is" if len(part.own) == 1 else "are"
        of = counted(part.members, "paper")
        text = f"{len(part.own):,} of {of} {verb} listed as theirs: {self._names(part.own)}."
        if part.later is not None:
            text += f" The latest, {part.later}, is not."
        if part.guessed:
            text += " The links are guessed."
        figures = {"own": len(part.own), "members": part.members, "later": part.later or ""}
        claim = self._said("lines", text, part.own, figures)
        return TakesPart(slug=part.slug, name=part.name, claim=claim)

    def people(self) -> Iterator[Claim]:
        """Name who is printed beside the author most often, and whether that changed."""
        found = beside(self._dossier.author, self._dossier.entries)
        own = self._dossier.author
        others = [one for one in found.companions if not may_be_one(one.name, own.name)]
        first = [one for one in others if len(one.papers) > 1][:_NAMED]
        if not first:
            return
        told = _with_ties([(one.name, len(one.papers)) for one in others])
        cut = f" ({found.cut:,} of {found.listed:,} lists are cut)" if found.cut else ""
        papers = [id_ for one in first for id_ in one.papers]
        text = f"Of the names printed{cut}: {told}."
        yield self._said("people", text, [*dict.fromkeys(papers)], {"cut": cut, "counts": told})
        if found.since is None:
            return
        newest = sorted(others, key=lambda one: (-one.recent, one.name))
        now = [one for one in newest if one.recent > 1][:_NAMED]
        if now and {one.name for one in now} != {one.name for one in first}:
            told = _with_ties([(one.name, one.recent) for one in newest])
            papers = [id_ for one in now for id_ in one.papers]
            last = self.shifts.late[1] if self.shifts else None
            when = "of" if found.since == last else "since"
            text = f"On the {found.recent:,} papers {when} {found.since}: {told}."
            figures = {"recent": found.recent, "since": f"{found.since}", "counts": told}
            yield self._said("people", text, [*dict.fromkeys(papers)], figures)

    def released(self) -> Iterator[Claim]:
        """Say what is released, by the papers' own words, and what is only promised."""
        links = {
            id_: [one for one in found.releases if _GOODS & {*one.kinds}]
            for id_, found in self._dossier.facts.items()
        }
        done = [p for p in self._papers if any(one.released for one in links.get(p, ()))]
        later = [p for p in self._papers if links.get(p) and p not in done]
        if done:
            of = counted(len(self._papers), "paper")
            text = f"Code, data or models are released with {len(done):,} of {of}, as stated: "
            text += f"{self._names(done)}."
            places = [next(r.evidence for r in links[p] if r.released) for p in done]
            figures = {"done": len(done), "of": len(self._papers)}
            yield self._said("released", text, done, figures, places[:_NAMED])
        if later:
            text = f"Promised, not yet stated as released: {self._names(later)}."
            places = [links[p][0].evidence for p in later]
            yield self._said("released", text, later, places=places[:_NAMED])

    def figures(self) -> Iterator[Claim]:
        """Yield results that give figures, of the papers to read first."""
        order = [one.paper for one in self.chosen]
        order += [paper for paper in self._papers if paper not in order]
        whole = (
            claim
            for paper in order
            if paper in self._dossier.sheets
            for claim in self._dossier.sheets[paper].summary.results[:1]
            if not claim.lacks
        )
        for claim, _ in zip(whole, range(_FIGURES), strict=False):
            yield self.scribe.again("figures", claim)

    def unknown(self) -> Iterator[Claim]:
        """List what these documents cannot tell."""
        gaps = []
        missing = sum(max((c.declared or 0) - c.present, 0) for c in self._dossier.coverage)
        if missing:
            gaps.append(f"{counted(missing, 'paper')} of the profile")
        gaps.append("the employer")
        silent = sum(one.position is None for one in self.authorships.values())
        if silent:
            gaps.append(f"the role on {counted(silent, 'paper')}")
        if self._dossier.profile is not None:
            gaps.append("when the profile's figures were taken")
        gaps.append("people of the same name")
        counts = {"missing": missing, "silent": silent}
        yield self._said("unknown", f"{', '.join(gaps)}.".capitalize(), self._papers, counts)
