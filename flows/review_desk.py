"""`litline review`: the desk behind the review server, and the server until it is stopped."""

from __future__ import annotations

import webbrowser
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path, PurePosixPath
from threading import Thread
from typing import NamedTuple

import typer
from pydantic import ValidationError

from flows import wiring
from flows.cards import Cards
from flows.pages import MAIN, shown_in, write_again
from flows.reviewing import FILE, Verdicts, taken_back, unless_busy, words_of, write_lines_of
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

    def state(self, page: str) -> Mapping[str, object]:
        """Return the claims of a page by their ids, and which page is to be read after it."""
        place = _place(page)
        sheet = read_reviewed(*place, self._outputs) if place else None
        if place is None or sheet is None:
            return {"claims": {}} | (self._ahead(page) if page == MAIN else {})
        self._look_again(place, sheet)
        found = {one.claim.id: one for one in held(sheet)}
        self._shown |= found
        before = self._returned(place)
        claims = {id_: _told(one, before.get(id_)) for id_, one in found.items()}
        return {"claims": claims} | self._ahead(page)

    def _ahead(self, page: str) -> dict[str, object]:
        """Return how far the review of all pages has come, and the page to read next."""
        with open_reviewed(self._settings) as store:
            shown = shown_in(self._outputs, Cards(store, self._outputs))
        progress = [card.progress for card in shown.all]
        reviewed = sum(one.reviewed for one in progress)
        following = next_page(in_review_order(*shown), page)
        told = (f"/{following.path}", visible(following.label)) if following else None
        of = reviewed + sum(one.open for one in progress)
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
        shown = self._keep(reviews)
        return Answer(HTTPStatus.OK, _answer(reviews[0], shown=shown))

    def _find(self, id_: str) -> Found:
        try:
            return self._shown.get(id_) or find_claim(id_, self._outputs)
        except UsageError as error:
            raise _Unknown(str(error)) from error

    def _withdrawn(self, id_: str, words: Words) -> list[Review]:
        with open_reviewed(self._settings) as store:
            return taken_back(id_, words, store)

    def _keep(self, reviews: Sequence[Review]) -> bool:
        """Store verdicts about one sheet; return whether its page shows them now."""
        with open_reviewed(self._settings) as store:
            store.add_reviews({review.id: review.model_dump_json() for review in reviews})
            with unless_busy(self._outputs.root) as free:
                if free:
                    self._show(store, (reviews[0].sheet, reviews[0].subject))
        return free

    def _show(self, store: Store, place: _Place) -> None:
        verdicts = Verdicts(store)
        sheet = read_reviewed(*place, self._outputs)
        if sheet is not None:
            before = self._look_again(place, sheet)
            told = verdicts.apply(before)
            write_again(told, self._outputs, store)
            self._kept[place] = _Kept(before, told)
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


def _told(found: Found, before: str | None) -> dict[str, object]:
    claim = found.claim
    return {
        "text": claim.text,
        "before": visible(before) if before else None,
        "weight": 0 if before else _weight(claim),
        "verdict": claim.reviewed,
        "editable": claim.kind != "computed",
        "needed": found.field in NEEDED,
    }


def _weight(claim: Claim) -> int:
    """Return where a claim stands among those to be read: what was reworded comes first."""
    if claim.weak:
        return 1 if claim.origin == "fallback" else 0
    return 2 if claim.kind == "quoted" else 3


def _answer(review: Review, *, shown: bool) -> dict[str, object]:
    back = review.verdict == "withdrawn"
    text = review.text if back else review.said
    return {
        "verdict": None if back else review.verdict,
        "text": text,
        "printed": visible(text),
        "overruled": review.overruled,
        "later": not shown,
    }


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
    with _listening(root, ReviewDesk(settings, who), port) as server:
        try:
            _announce(server, opened=opened)
            server.serve_forever()
        except KeyboardInterrupt:
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
