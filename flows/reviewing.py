"""Verdicts as jobs and commands see them: read from the store, put in force, written out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from json import dumps
from pathlib import Path
from typing import TypeVar

import typer
from filelock import FileLock, Timeout
from pydantic import ValidationError

from flows import wiring
from flows.pages import page_of, write_again
from flows.progress import reporter
from flows.settings import Settings
from flows.shelves import open_reviewed
from pipeline.errors import ConfigError, PartialError, UsageError
from pipeline.report.files import Outputs
from pipeline.report.view import visible
from pipeline.review.finding import (
    Words,
    bare_id,
    every_claim,
    find_claim,
    judged,
    read_reviewed,
    refusal,
    twins,
)
from pipeline.review.force import InForce, Subject
from pipeline.review.rules import moved, standing
from pipeline.review.sheets import Sheet, Texts
from pipeline.reviews import Decision, Returned, Review, ReviewsSheet
from pipeline.store import Store

FILE = "reviews.json"
LOCK = ".lock"
_LOCK_SECONDS = 5
Reviewable = TypeVar("Reviewable", bound=Sheet)


class Verdicts:
    """The verdicts in a store, as they stand when this is made."""

    def __init__(self, store: Store) -> None:
        self.reviews = stored_reviews(store)
        self._aliases = store.aliases() if self.reviews else {}
        self.force = InForce(self.reviews, self._aliases, _texts(store, needed=bool(self.reviews)))

    def apply(self, sheet: Reviewable) -> Reviewable:
        """Return a sheet with the verdicts about it in force, and without those taken back."""
        return self.force.apply(sheet) if self.reviews else sheet

    def all(self, sheets: Iterable[Reviewable]) -> list[Reviewable]:
        """Return sheets with the verdicts about them in force."""
        return [self.apply(sheet) for sheet in sheets]

    def behind(
        self, kind: type[Reviewable], made: Collection[str], outputs: Outputs
    ) -> list[Reviewable]:
        """Return the sheets of a kind that lie in the outputs and do not show the verdicts yet.

        Those whose subjects are among `made` are left out.
        """
        found: list[Reviewable] = []
        for schema, subject in self.force.subjects():
            if subject in made or schema != kind.model_fields["schema_"].default:
                continue
            sheet = read_reviewed(schema, subject, outputs)
            if isinstance(sheet, kind) and (told := self.apply(sheet)) != sheet:
                found.append(told)
        return found

    def subject_now(self, review: Review) -> Subject:
        """Return the sheet that a verdict is about, under the id that its paper has now."""
        (now,) = moved([review], self._aliases)
        return now.sheet, now.subject

    def _returned(self, subjects: Iterable[Subject], outputs: Outputs) -> Iterator[Returned]:
        for subject in subjects:
            sheet = read_reviewed(*subject, outputs)
            if sheet is not None:
                yield from self.force.returned(sheet)

    def write(self, outputs: Outputs, only: Collection[Subject] | None = None) -> ReviewsSheet:
        """Write `reviews.json`, where there are any; `only` names the sheets that changed.

        Verdicts that lie there and are not in the store stay, since they may be somebody's work.
        """
        before = written_reviews(outputs)
        known = {review.id for review in self.reviews}
        others = [review for review in before.reviews if review.id not in known]
        kept = (
            [] if only is None else [r for r in before.returned if (r.sheet, r.subject) not in only]
        )
        changed = self.force.subjects() if only is None else only
        reviews = sorted([*self.reviews, *others], key=lambda review: review.when)
        sheet = ReviewsSheet(reviews=reviews, returned=[*kept, *self._returned(changed, outputs)])
        if reviews:
            outputs.write(FILE, sheet.model_dump_json(indent=2) + "\n")
        if others:
            typer.echo(_unknown(len(others), outputs), err=True)
        return sheet


def _texts(store: Store, *, needed: bool) -> Texts:
    if not needed:
        return Texts(frozenset(), str)
    current = frozenset(row.id for row in store.shelved() if row.current)
    return Texts(current, cache(lambda id_: store.documents([id_])[0].text))


def written_reviews(outputs: Outputs) -> ReviewsSheet:
    """Return what `reviews.json` of the outputs holds; nothing where there is none."""
    try:
        return ReviewsSheet.model_validate_json(outputs.read(FILE) or "")
    except ValidationError:
        return ReviewsSheet(reviews=[])


def _unknown(number: int, outputs: Outputs) -> str:
    verdicts = "1 verdict" if number == 1 else f"{number} verdicts"
    path = outputs.root / FILE
    return (
        f"warning: {path} holds {verdicts} that this store does not know, and that are not in "
        f"force; name the store that does (--store), or run: litline review import {path}"
    )


def stored_reviews(store: Store) -> list[Review]:
    """Return all verdicts, oldest first; a row that does not fit is passed over."""
    found = []
    for text in store.reviews():
        try:
            found.append(Review.model_validate_json(text))
        except ValidationError:
            continue
    return sorted(found, key=lambda review: review.when)


def settle_verdicts(before: Verdicts, outputs: Outputs, store: Store) -> None:
    """Show the verdicts that were given while a run was at work, and say what has to be read again.

    `before` are those that the run knew.
    """
    verdicts, known = Verdicts(store), {review.id for review in before.reviews}
    late = [review for review in verdicts.reviews if review.id not in known]
    if late:
        _show(verdicts, late, outputs, store)
    lost = len(verdicts.write(outputs).returned)
    if lost:
        were = "1 approved claim has" if lost == 1 else f"{lost} approved claims have"
        reporter().say(
            f"{were} lost the sentence in the source: litline review shows both versions."
        )


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
    """Take the verdict on a claim back, and show the claim as it was.

    Raises:
        UsageError: the store holds no verdict on it.
    """
    with open_reviewed(settings) as store:
        reviews = taken_back(id_, words, store)
    _add(reviews, settings, _outputs(settings))
    typer.echo(f"withdrawn: {reviews[0].said}")


def taken_back(id_: str, words: Words, store: Store) -> list[Review]:
    """Return what takes the verdict on a claim back, and on those that say the same there.

    Raises:
        UsageError: the store holds no verdict on it.
    """
    id_ = bare_id(id_)
    rulings = standing(moved(stored_reviews(store), store.aliases()))
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
        PartialError: some verdicts were refused; the others were added.
    """
    try:
        sheet = ReviewsSheet.model_validate_json(Path(path).read_bytes())
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no reviews.json"
        raise ConfigError(f"{path} cannot be read: {reason}") from error
    outputs, now = _outputs(settings), wiring.moment()
    refused = {one.id: why for one in sheet.reviews if (why := refusal(one, outputs, now))}
    new = _add([one for one in sheet.reviews if one.id not in refused], settings, outputs)
    typer.echo(f"{new} of {len(sheet.reviews)} verdicts are new")
    if refused:
        told = (f"  {one.said!r}: {refused[one.id]}" for one in sheet.reviews if one.id in refused)
        raise PartialError("\n".join([f"{len(refused)} could not be taken:", *told]))


def export_reviews(settings: Settings) -> None:
    """Print the rejections that stand and have a reason, one JSON object per line."""
    with open_reviewed(settings) as store:
        rulings = standing(moved(stored_reviews(store), store.aliases()))
    for review in (ruling.review for found in rulings.values() for ruling in found):
        if review.verdict == "rejected" and review.note:
            typer.echo(to_json(_case(review)))


def to_json(told: Mapping[str, object]) -> str:
    """Return an object on one line."""
    return dumps(told, ensure_ascii=False)


def _case(review: Review) -> dict[str, object]:
    names = ("sheet", "subject", "field", "text", "kind", "origin")
    told = {"claim": review.claim} | {name: getattr(review, name) for name in names}
    return told | {"evidence": review.quotes, "reason": review.note}


def list_claims(settings: Settings, *, json: bool) -> None:
    """Print the claims that nobody has decided on, those to be read first at the top."""
    outputs = _outputs(settings)
    left = [one for one in every_claim(outputs) if one.claim.reviewed is None]
    for one in sorted(left, key=lambda one: not one.claim.weak):
        told = {"claim": one.claim.id, "page": page_of(one.sheet), "field": one.field}
        told |= {"text": one.claim.text}
        typer.echo(to_json(told) if json else "  ".join(map(visible, told.values())))


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
    changed = list(dict.fromkeys(map(verdicts.subject_now, reviews)))
    for sheet in (read_reviewed(*subject, outputs) for subject in changed):
        if sheet is not None:
            write_again(verdicts.apply(sheet), outputs, store)
    write_lines_of(changed, verdicts, outputs, store)
    verdicts.write(outputs, changed)


def write_lines_of(
    changed: Iterable[Subject], verdicts: Verdicts, outputs: Outputs, store: Store
) -> None:
    """Show on lines of work what was decided on their papers' pages."""
    papers = [subject for schema, subject in changed if schema == "litline/paper"]
    for slug, path in outputs.by_folder("lineages/*/lineage.json").items() if papers else ():
        if not any(f'"{paper}"' in (outputs.read(path) or "") for paper in papers):
            continue
        sheet = read_reviewed("litline/lineage", slug, outputs)
        if sheet is not None and (told := verdicts.apply(sheet)) != sheet:
            write_again(told, outputs, store)


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
