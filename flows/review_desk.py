"""`litline review`: the desk behind the review server, and the server until it is stopped."""

from __future__ import annotations

import webbrowser
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from http import HTTPStatus
from pathlib import Path, PurePosixPath
from threading import Thread
from typing import NamedTuple
from urllib.parse import unquote

import typer
from filelock import FileLock, Timeout
from pydantic import ValidationError

from flows import wiring
from flows.cards import Cards
from flows.pages import MAIN, shown_in, write_again
from flows.reviewing import FILE, LOCK, Verdicts, taken_back, words_of, write_lines_of
from flows.settings import Settings
from flows.shelves import open_reviewed
from pipeline.errors import ConfigError, UsageError
from pipeline.report.files import Outputs
from pipeline.report.view import visible
from pipeline.review.finding import (
    Found,
    Words,
    failures_of,
    find_claim,
    held,
    judged,
    read_reviewed,
    twins,
)
from pipeline.review.queue import in_review_order, next_page
from pipeline.review.server import Answer, Asked, ReviewServer
from pipeline.review.sheets import NEEDED, Sheet
from pipeline.reviews import Review, ReviewsSheet
from pipeline.sheets import Claim
from pipeline.store import Store

_SCHEMAS = {"papers": "paper", "lineages": "lineage", "digests": "digest", "briefings": "briefing"}
_Place = tuple[str, str]  # schema, subject


class _Kept(NamedTuple):
    """A sheet as it was before the verdicts of this session, and as it was last seen on disk."""

    before: Sheet
    now: Sheet


class ReviewDesk:
    """Verdicts of one person on the pages of one outputs folder.

    Claims are remembered as they were shown: a verdict on one that somebody else changed in the
    meantime is kept too, and one that is taken back is shown as it was.
    """

    def __init__(self, settings: Settings, who: str | None = None) -> None:
        self._settings = settings
        self._who = who or wiring.person()
        self._outputs = Outputs(Path(settings.out))
        self._shown: dict[str, Found] = {}
        self._kept: dict[_Place, _Kept] = {}
        self._seen: set[str] = set()  # ids of the verdicts that pages showed
        self._late: set[_Place] = set()  # sheets whose verdicts are not on their pages yet

    def state(self, page: str) -> Mapping[str, object]:
        """Return the claims of a page by their ids, what was rejected, and which page is next."""
        self.catch_up()
        place = _place(page)
        sheet = read_reviewed(*place, self._outputs) if place else None
        if sheet is None and page != MAIN:
            return {"claims": {}}
        with open_reviewed(self._settings) as store:
            verdicts = Verdicts(store)
            ahead = self._ahead(page, _rejections(verdicts), store)
        none: dict[str, object] = {"claims": {}, "rejected": []}
        return ahead | (self._here(place, sheet, verdicts) if place and sheet else none)

    def catch_up(self) -> None:
        """Write the pages that a run kept from showing their verdicts, unless it still runs."""
        if not self._late:
            return
        with open_reviewed(self._settings) as store:
            for place in sorted(self._late):
                self._show(place, store)

    def _here(self, place: _Place, sheet: Sheet, verdicts: Verdicts) -> dict[str, object]:
        """Return the claims of a page, and what was rejected and is not on it any more."""
        self._look_again(place, sheet)
        found = {one.claim.id: one for one in held(sheet)}
        self._shown |= found
        here = _about(place, verdicts)
        self._seen |= {one.id for one in here if _is_shown(one, found)}
        gone = {one.claim for one in here if one.verdict == "rejected"}
        before = self._returned(place)
        return {
            "claims": {
                id_: _told(one, before.get(id_), rejected=id_ in gone) for id_, one in found.items()
            },
            "rejected": [
                _entry(one)
                for one in _rejections(verdicts)
                if (one.sheet, one.subject) == place and one.claim not in found
            ],
        }

    def _ahead(self, page: str, rejected: Sequence[Review], store: Store) -> dict[str, object]:
        """Return how far the review of all pages has come, and the page to read next."""
        shown = shown_in(self._outputs, Cards(store, self._outputs))
        pages = in_review_order(*shown)
        places = {_place(unquote(one.path)) for one in pages}
        gone = sum((one.sheet, one.subject) in places for one in rejected)
        reviewed = gone + sum(one.progress.reviewed for one in pages)
        following = next_page(pages, page)
        told = (f"/{following.path}", visible(following.label)) if following else None
        of = reviewed + sum(one.progress.open for one in pages)
        return {"reviewed": reviewed, "of": of, "next": told}

    def _returned(self, place: _Place) -> dict[str, str]:
        """Return what was approved in the place of claims of today, before the source changed."""
        try:
            listed = ReviewsSheet.model_validate_json(self._outputs.read(FILE) or "").returned
        except ValidationError:  # there is none yet
            return {}
        here = [one for one in listed if (one.sheet, one.subject) == place]
        return {one.now.claim: one.before.text for one in here if one.now}

    def decide(self, asked: Asked) -> Answer:
        """Keep a verdict and show it on its page, unless a run is writing there, which does so."""
        words = words_of(asked.verdict, asked.note, asked.text, self._who)
        try:
            if asked.verdict == "withdrawn":
                reviews = self._withdrawn(asked.claim, words)
            else:
                found = self._find(asked.claim)
                failed = _failures(found, asked, self._outputs)
                if failed:
                    return Answer(HTTPStatus.UNPROCESSABLE_ENTITY, {"failed": failed})
                reviews = [
                    judged(one, words, self._outputs, overrule=asked.overrule)
                    for one in twins(found)
                ]
        except _Unknown as error:
            return Answer(HTTPStatus.NOT_FOUND, {"error": str(error)})
        except UsageError as error:
            return Answer(HTTPStatus.UNPROCESSABLE_ENTITY, {"error": str(error)})
        return Answer(HTTPStatus.OK, self._keep(reviews))

    def _find(self, id_: str) -> Found:
        try:
            return self._shown.get(id_) or find_claim(id_, self._outputs)
        except UsageError as error:
            raise _Unknown(str(error)) from error

    def _withdrawn(self, id_: str, words: Words) -> list[Review]:
        with open_reviewed(self._settings) as store:
            return taken_back(id_, words, store)

    def _keep(self, reviews: Sequence[Review]) -> dict[str, object]:
        """Store verdicts about one sheet; return what the page has to know."""
        first = reviews[0]
        with open_reviewed(self._settings) as store:
            before = Verdicts(store)
            store.add_reviews({review.id: review.model_dump_json() for review in reviews})
            shown = self._show((first.sheet, first.subject), store)
        instead = self._overtaken(reviews, before)
        return _answer(first, before) | {"later": not shown, "instead": instead}

    def _overtaken(self, reviews: Sequence[Review], before: Verdicts) -> dict[str, str] | None:
        """Return the verdict of somebody else that these replace and that no page showed."""
        unseen = [
            earlier
            for review in reviews
            for earlier in _about((review.sheet, review.subject), before)
            if review.claim in {earlier.claim, earlier.said_id}
            if earlier.who != self._who and earlier.id not in self._seen
        ]
        last = max(unseen, key=lambda one: one.when, default=None)
        if last is None:
            return None
        at = _moment(last.when, reviews[0].when)
        return {"who": visible(last.who), "verdict": last.verdict, "at": at}

    def _show(self, place: _Place, store: Store) -> bool:
        """Put verdicts about a sheet in force; return whether its page shows them now.

        Nobody waits for a run that is writing there.
        """
        try:
            lock = FileLock(self._outputs.root / LOCK, timeout=0, mode=0o600).acquire()
        except Timeout:
            lock = None
        with lock or nullcontext():
            self._enforce(place, store, written=lock is not None)
        (self._late.add if lock is None else self._late.discard)(place)
        return lock is not None

    def _enforce(self, place: _Place, store: Store, *, written: bool) -> None:
        verdicts = Verdicts(store)
        sheet = read_reviewed(*place, self._outputs)
        if sheet is not None:
            before = self._look_again(place, sheet)
            told = verdicts.apply(before)
            self._shown |= {one.claim.id: one for one in held(told)}
            if written:
                write_again(told, self._outputs, store)
                self._kept[place] = _Kept(before, told)
        if written:
            write_lines_of([place], verdicts, self._outputs, store)
            verdicts.write(self._outputs, [place])

    def _look_again(self, place: _Place, sheet: Sheet) -> Sheet:
        """Return what verdicts are put in force in: the sheet as it was, unless others wrote it."""
        kept = self._kept.get(place)
        if kept is None or kept.now != sheet:
            kept = self._kept[place] = _Kept(sheet, sheet)
        return kept.before


class _Unknown(UsageError):
    """No page holds the claim."""


def _place(page: str) -> _Place | None:
    """Return schema and subject of the sheet that a page prints, or None for other pages."""
    path = PurePosixPath(page)
    kind = _SCHEMAS.get(path.parts[0])
    if kind is None:
        return None
    return f"litline/{kind}", path.stem if kind == "paper" else path.parent.name


def _failures(found: Found, asked: Asked, outputs: Outputs) -> list[str]:
    """Say which checks an edit fails that does not overrule them."""
    if asked.verdict != "edited" or asked.overrule or not asked.text:
        return []
    text = " ".join(asked.text.split())
    return [f"{one.rule}: {one.message}" for one in failures_of(found, text, outputs)]


def _about(place: _Place, verdicts: Verdicts) -> list[Review]:
    """Return the verdicts about a sheet that stand."""
    found = [rulings for (*of, _), rulings in verdicts.force.rulings.items() if tuple(of) == place]
    return [ruling.review for rulings in found for ruling in rulings]


def _rejections(verdicts: Verdicts) -> list[Review]:
    """Return the rejections that stand, oldest first; of claims that say the same there is one."""
    found = (ruling.review for rulings in verdicts.force.rulings.values() for ruling in rulings)
    alone = {
        (one.sheet, one.subject, one.text, *one.quotes): one
        for one in found
        if one.verdict == "rejected"
    }
    return sorted(alone.values(), key=lambda one: one.when)


def _is_shown(review: Review, found: Mapping[str, Found]) -> bool:
    """Whether a page that holds these claims tells of a verdict."""
    stands = found.get(review.said_id)
    return review.verdict == "rejected" or bool(stands and stands.claim.reviewed)


def _entry(review: Review) -> dict[str, str]:
    told = {"text": review.text, "note": review.note or "", "who": review.who}
    return {"claim": review.claim} | {name: visible(words) for name, words in told.items()}


def _moment(when: str, now: str) -> str:
    """Return when something was, by the clock; with its day where that is another one."""
    day, _, time = when.partition("T")
    return f"{time[:5]} UTC" if now.startswith(day) else f"{day}, {time[:5]} UTC"


def _told(found: Found, before: str | None, *, rejected: bool) -> dict[str, object]:
    claim = found.claim
    return {
        "text": claim.text,
        "before": visible(before) if before else None,
        "weight": 0 if before else _weight(claim),
        "verdict": "rejected" if rejected else claim.reviewed,
        "editable": claim.kind != "computed",
        "needed": found.field in NEEDED,
    }


def _weight(claim: Claim) -> int:
    """Return where a claim stands among those to be read: what was reworded comes first."""
    if claim.weak:
        return 1 if claim.origin == "fallback" else 0
    return 2 if claim.kind == "quoted" else 3


def _answer(review: Review, before: Verdicts) -> dict[str, object]:
    """Return what stands by a verdict, or by none where it takes one back."""
    back = review.verdict == "withdrawn"
    text = _first(review, before) if back else review.said
    return {
        "claim": review.model_copy(update={"text": text}).claim,
        "verdict": None if back else review.verdict,
        "text": text,
        "printed": visible(text),
        "overruled": [] if back else review.overruled,
    }


def _first(review: Review, before: Verdicts) -> str:
    """Return the text that stood before any of the verdicts that one takes back."""
    place = (review.sheet, review.subject, review.field)
    rulings = before.force.rulings.get(place, ())
    texts = (one.covers[0] for one in rulings if one.review.claim == review.claim)
    return next(texts, review.text)


# --- The command -----------------------------------------------------------------------------


def serve(settings: Settings, port: int, who: str | None = None, *, opened: bool) -> None:
    """Serve the outputs for review until Ctrl-C.

    Raises:
        UsageError: there are no outputs.
        ConfigError: the port is taken.
    """
    root = Path(settings.out)
    if not (root / "index.html").is_file():
        raise UsageError(f"there are no pages in {root}; run litline first, or name another folder")
    desk = ReviewDesk(settings, who)
    with _listening(root, desk, port) as server:
        try:
            _announce(server, opened=opened)
            server.serve_forever()
        except KeyboardInterrupt:
            desk.catch_up()
            typer.echo("the verdicts are kept")


def _announce(server: ReviewServer, *, opened: bool) -> None:
    typer.echo(f"{server.address}\nThis address opens once. Ctrl-C ends the review.")
    if opened:  # in a thread, since a browser in the terminal would hold the server up
        Thread(target=webbrowser.open, args=(server.address,), daemon=True).start()


def _listening(root: Path, desk: ReviewDesk, port: int) -> ReviewServer:
    try:
        return ReviewServer(root, desk, port)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigError(f"port {port} cannot be served: {reason}") from error
