"""Whether `reviews.json` and the pages beside it say the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from pydantic import ValidationError

from pipeline.report.files import Outputs
from pipeline.review.finding import PATHS, read_reviewed
from pipeline.review.force import InForce
from pipeline.review.sheets import Sheet, Texts, sheet_claims
from pipeline.reviews import ReviewsSheet
from pipeline.sheets import RunReport

_REVIEWED = re.compile(r'"reviewed": ?"')


def review_faults(root: Path) -> list[str]:
    """Return what does not hold: verdicts that are not in force, and marks without a verdict."""
    outputs = Outputs(root)
    reviews = _reviews(outputs)
    if reviews is None:
        return []  # damaged, which the check of its schema says
    force = InForce(reviews.reviews, {}, _texts(outputs))
    said = {(one.said, *one.quotes) for one in reviews.reviews}
    return [*_not_in_force(force, outputs), *_unfounded(said, outputs)]


def _not_in_force(force: InForce, outputs: Outputs) -> Iterator[str]:
    for schema, subject in force.subjects():
        sheet = read_reviewed(schema, subject, outputs)
        if sheet is not None and force.apply(sheet) != sheet:
            yield (
                f"{PATHS[schema][0].format(subject)}: a verdict of reviews.json is not in force; "
                "litline run puts it in force, or litline review import reviews.json before it"
            )


def _unfounded(said: set[tuple[str, ...]], outputs: Outputs) -> Iterator[str]:
    for path, sheet in _reviewed(outputs):
        for _, claim in sheet_claims(sheet):
            key = (claim.text, *(place.quote for place in claim.evidence))
            if claim.reviewed and key not in said:
                yield f"{path}: claim {claim.id} is marked {claim.reviewed}, and nobody said so"


def _reviewed(outputs: Outputs) -> Iterator[tuple[str, Sheet]]:
    """Yield the sheets that bear a mark of a reviewer."""
    for schema, (pattern, _) in PATHS.items():
        for path in outputs.paths(pattern.format("*")):
            if _REVIEWED.search(outputs.read(path) or ""):
                subject = path.split("/")[1].removesuffix(".json")
                sheet = read_reviewed(schema, subject, outputs)
                if sheet is not None:
                    yield path, sheet


def _reviews(outputs: Outputs) -> ReviewsSheet | None:
    text = outputs.read("reviews.json")
    try:
        return ReviewsSheet.model_validate_json(text) if text else ReviewsSheet(reviews=[])
    except ValidationError:
        return None


def _texts(outputs: Outputs) -> Texts:
    try:
        report = RunReport.model_validate_json(outputs.read("run.json") or "")
        current = frozenset(line.document for line in report.coverage)
    except ValidationError:
        current = frozenset()
    return Texts(current, cache(lambda id_: outputs.read_exactly(f"sources/{id_}.txt") or ""))
