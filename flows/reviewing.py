"""Verdicts as jobs and commands see them: read from the store, put in force, written out."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TypeVar

import typer
from filelock import FileLock, Timeout
from pydantic import ValidationError

from flows import wiring
from flows.pages import write_again
from flows.settings import Settings
from flows.shelves import open_reviewed
from pipeline.errors import ConfigError, UsageError
from pipeline.report.files import Outputs
from pipeline.review.finding import Words, find_claim, judged, read_reviewed, returned, twins
from pipeline.review.rules import moved, standing
from pipeline.review.sheets import Sheet, Texts, review_sheet
from pipeline.reviews import Decision, Review, ReviewsSheet
from pipeline.store import Store

FILE = "reviews.json"
LOCK = ".lock"
_LOCK_SECONDS = 5
Reviewable = TypeVar("Reviewable", bound=Sheet)


class Verdicts:
    """The verdicts in a store, as they stand when this is made."""

    def __init__(self, store: Store) -> None:
        self.reviews = stored_reviews(store)
        self.rulings = standing(moved(self.reviews, store.aliases() if self.reviews else {}))
        self._texts = Texts(frozenset(), str)
        if self.rulings:
            current = frozenset(row.id for row in store.shelved() if row.current)
            text = cache(lambda id_: store.documents([id_])[0].text)
            self._texts = Texts(current, text)

    def apply(self, sheet: Reviewable) -> Reviewable:
        """Return a sheet with the verdicts about it in force."""
        return review_sheet(sheet, self.rulings, self._texts) if self.rulings else sheet

    def all(self, sheets: Iterable[Reviewable]) -> list[Reviewable]:
        """Return sheets with the verdicts about them in force."""
        return [self.apply(sheet) for sheet in sheets]

    def behind(
        self, kind: type[Reviewable], made: Collection[str], outputs: Outputs
    ) -> list[Reviewable]:
        """Return the sheets of a kind that lie in the outputs without a verdict about them.

        Those whose subjects are among `made` are left out.
        """
        found: list[Reviewable] = []
        for schema, subject in dict.fromkeys(place[:2] for place in self.rulings):
            if subject in made or schema != kind.model_fields["schema_"].default:
                continue
            sheet = read_reviewed(schema, subject, outputs)
            if isinstance(sheet, kind) and (told := self.apply(sheet)) != sheet:
                found.append(told)
        return found

    def write(self, outputs: Outputs) -> None:
        """Write `reviews.json`, where there are any."""
        if not self.reviews:
            return
        rulings = [ruling for found in self.rulings.values() for ruling in found]
        sheet = ReviewsSheet(reviews=self.reviews, returned=returned(rulings, outputs))
        outputs.write(FILE, sheet.model_dump_json(indent=2) + "\n")


def stored_reviews(store: Store) -> list[Review]:
    """Return all verdicts, oldest first; a row that does not fit is passed over."""
    found = []
    for text in store.reviews():
        try:
            found.append(Review.model_validate_json(text))
        except ValidationError:
            continue
    return sorted(found, key=lambda review: review.when)


# --- Commands --------------------------------------------------------------------------------


def decide(id_: str, words: Words, settings: Settings, *, overrule: bool = False) -> None:
    """Store a verdict on a claim of the outputs and show it on its page.

    Raises:
        UsageError: no page holds the claim, or it cannot be treated so.
    """
    outputs = _outputs(settings)
    found = twins(find_claim(id_, outputs))
    reviews = [judged(one, words, outputs, overrule=overrule) for one in found]
    _add(reviews, settings, outputs)
    typer.echo(f"{reviews[0].verdict}: {reviews[0].said}")


def withdraw(id_: str, words: Words, settings: Settings) -> None:
    """Take the verdict on a claim back; the next run writes the page as it would be without it.

    Raises:
        UsageError: the store holds no verdict on it.
    """
    with open_reviewed(settings) as store:
        reviews = withdrawn(id_, words, store)
    _add(reviews, settings, _outputs(settings))
    typer.echo(f"withdrawn: {reviews[0].said}")


def withdrawn(id_: str, words: Words, store: Store) -> list[Review]:
    """Return what takes the verdict on a claim back, and on those that say the same there.

    Raises:
        UsageError: the store holds no verdict on it.
    """
    rulings = standing(stored_reviews(store))
    kept = [one.review for found in rulings.values() for one in found]
    mine = [review for review in kept if id_ in {review.claim, review.said_id}]
    if not mine:
        raise UsageError(f"no verdict on a claim {id_!r} is in force")
    update = {"verdict": "withdrawn", "who": words.who, "when": words.when, "note": words.note}
    same = [one for one in kept if one is not mine[-1] and _matter(one) == _matter(mine[-1])]
    return [one.model_copy(update=update) for one in (mine[-1], *same)]


def _matter(review: Review) -> tuple[object, ...]:
    about = (review.sheet, review.subject, review.text, review.quotes)
    return (*about, review.verdict, review.new_text)


def import_reviews(path: str, settings: Settings) -> None:
    """Add the verdicts of a `reviews.json` to those in the store.

    Raises:
        ConfigError: the file cannot be read, or is none.
    """
    try:
        sheet = ReviewsSheet.model_validate_json(Path(path).read_bytes())
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no reviews.json"
        raise ConfigError(f"{path} cannot be read: {reason}") from error
    new = _add(sheet.reviews, settings, _outputs(settings))
    typer.echo(f"{new} of {len(sheet.reviews)} verdicts are new")


def export_reviews(settings: Settings) -> None:
    """Print the rejections that stand and have a reason, one JSON object per line."""
    with open_reviewed(settings) as store:
        rulings = standing(stored_reviews(store))
    for review in (ruling.review for found in rulings.values() for ruling in found):
        if review.verdict == "rejected" and review.note:
            typer.echo(json.dumps(_case(review), ensure_ascii=False))


def _case(review: Review) -> dict[str, object]:
    names = ("sheet", "subject", "field", "text", "kind", "origin")
    told = {"claim": review.claim} | {name: getattr(review, name) for name in names}
    return told | {"evidence": review.quotes, "reason": review.note}


def words_of(
    verdict: Decision, note: str | None = None, text: str | None = None, who: str | None = None
) -> Words:
    """Return what the person at this machine says now."""
    return Words(verdict, who or wiring.person(), wiring.moment(), note, text)


def _outputs(settings: Settings) -> Outputs:
    root = Path(settings.out)
    if not root.is_dir():
        raise UsageError(f"there is no folder {root}; run litline first, or name another --out")
    return Outputs(root)


def _add(reviews: Sequence[Review], settings: Settings, outputs: Outputs) -> int:
    """Store verdicts, and show them in the outputs unless a run is writing there, which does so."""
    with open_reviewed(settings) as store:
        new = store.add_reviews({review.id: review.model_dump_json() for review in reviews})
        with unless_busy(outputs.root) as free:
            if free:
                _show(Verdicts(store), reviews, outputs, store)
            else:
                typer.echo("note: a run is writing there; the verdict shows after it", err=True)
    return new


def _show(verdicts: Verdicts, reviews: Iterable[Review], outputs: Outputs, store: Store) -> None:
    for schema, subject in dict.fromkeys((one.sheet, one.subject) for one in reviews):
        sheet = read_reviewed(schema, subject, outputs)
        if sheet is not None:
            write_again(verdicts.apply(sheet), outputs, store)
    verdicts.write(outputs)


@contextmanager
def unless_busy(root: Path) -> Iterator[bool]:
    """Hold the lock of an outputs folder, and say whether it is held: a run may hold it."""
    lock = FileLock(root / LOCK, timeout=_LOCK_SECONDS, mode=0o600)
    try:
        lock.acquire()
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()
