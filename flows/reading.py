"""The commands that only read: they never start Prefect and write nothing but what they print."""

from __future__ import annotations

import json as jsonlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import typer

from flows import wiring
from flows.bounds import follow_ups, relation_questions, settled_answers, unbriefed, untold
from flows.settings import Settings, tokenizer_cache
from flows.shelves import Shelves, load_texts, look_up, reading_notes, reading_store
from flows.tracing import members_looked_up, trace_graph
from pipeline.answers import answered
from pipeline.errors import ConfigError, PartialError, UsageError
from pipeline.identity import merge, sight
from pipeline.library import Volume
from pipeline.planning import Plan, make_plan
from pipeline.prices import load_prices
from pipeline.records import Paper, ProfileHeader, Record
from pipeline.report.check import KNOWN, check_outputs
from pipeline.review.check import review_faults
from pipeline.sheets import Failure
from pipeline.steps.interview import most_interviews
from pipeline.steps.narrative import most_tellings
from pipeline.steps.summarise import plan_paper
from pipeline.tokens import exact_counter

_HEADER = ("name", "area", "h_index", "papers", "citations", "novelty_percent", "ai_score")
_RECORD = (
    "index",
    "span",
    "title",
    "authors",
    "et_al",
    "affiliations",
    "category",
    "date",
    "year_inferred",
    "has_code",
    "score",
    "abstract",
    "comment",
    "arxiv_id",
    "created",
    "updated",
)


def show_records(documents: Sequence[str], settings: Settings, *, json: bool) -> None:
    """Print what each document says: its header, then its records.

    Raises:
        PartialError: a document was refused; the others were printed.
    """
    volumes, shelves = _given(documents, settings)
    for volume in volumes:
        if json:
            _print_json(_record_lines(volume))
        else:
            _print_lines(_record_text(volume))
    _finish(shelves.failures, reading_notes(volumes))


def show_papers(documents: Sequence[str], settings: Settings, *, json: bool) -> None:
    """Print the papers of the documents, with the ids that the library has or would give.

    Raises:
        PartialError: a document was refused; the others were printed.
    """
    volumes, shelves = _given(documents, settings)
    given = {volume.document.id: volume for volume in volumes}
    papers = [
        _restrict(entry.paper, given)
        for entry in shelves.entries
        if any(ref.document in given for ref in entry.paper.records)
    ]
    if json:
        _print_json(paper.model_dump(mode="json") for paper in papers)
    else:
        _print_lines(map(_paper_text, papers))
    _finish(shelves.failures, [])


def show_plan(documents: Sequence[str], settings: Settings, *, json: bool) -> None:
    """Print what a run would ask and cost.

    Raises:
        PartialError: a document was refused; the others are in the plan.
    """
    _, model = wiring.engine_and_model(settings)
    with reading_store(settings) as store:
        shelves = look_up(documents, settings, store)
        works = [plan_paper(entry) for entry in shelves.entries]
        key = wiring.answer_keys(settings)
        questions = {key(question): question for work in works for question in work.questions}
        traced = trace_graph(works, members_looked_up(works)) if model else None
        relations = relation_questions(works, traced, key)
        asked = questions | relations
        known = answered(store.answers(list(asked)), asked) if store else set()
        done = settled_answers(works, store, settings, key) if store else set()
        told = untold(traced, store, key, judge=settings.judge)
        briefed = unbriefed(shelves, works, traced, store, key, judge=settings.judge)
    counter = exact_counter(settings.model, tokenizer_cache(settings))
    unread = len(relations.keys() - known)
    more = follow_ups(questions, done, settings)
    more += most_tellings(told + unread, judge=settings.judge)
    more += most_interviews(briefed, judge=settings.judge)
    plan = make_plan(asked, known, model, wiring.prices(settings), counter, more)
    data = _plan_data(len(works), plan, model)
    if json:
        _print_json([data])
    else:
        _print_lines(_plan_text(data, plan))
    _finish(shelves.failures, [])


def check(settings: Settings) -> None:
    """Print each fault of the outputs, or that all holds.

    Raises:
        UsageError: there is no such folder.
        PartialError: there are faults.
    """
    root = Path(settings.out)
    if not root.is_dir():
        raise UsageError(f"there is no folder {root}; run litline first, or name another")
    faults = [*check_outputs(root), *review_faults(root)]
    _print_lines(faults)
    if faults:
        raise PartialError(f"{len(faults)} {'fault' if len(faults) == 1 else 'faults'} in {root}")
    typer.echo(f"{root}: all holds")


def export_schemas(folder: str) -> None:
    """Write one JSON Schema per kind of output file.

    Raises:
        ConfigError: the folder cannot be written.
    """
    root = Path(folder)
    try:
        root.mkdir(parents=True, exist_ok=True)
        for name, model in KNOWN.items():
            schema = model.model_json_schema(by_alias=True, mode="serialization")
            text = jsonlib.dumps(schema, indent=2, ensure_ascii=False) + "\n"
            path = root / f"{name.replace('/', '-')}.schema.json"
            path.write_text(text, encoding="utf-8")
            typer.echo(str(path))
    except OSError as error:
        raise ConfigError(f"{root} cannot be written: {error.strerror}") from error


def _given(documents: Sequence[str], settings: Settings) -> tuple[list[Volume], Shelves]:
    """Return the volumes of the documents given, in the order given, and the whole library."""
    texts, _ = load_texts(documents)
    with reading_store(settings) as store:
        shelves = look_up(documents, settings, store)
    by_hash = {volume.document.sha256: volume for volume in shelves.volumes.values()}
    found = {t.sha256: by_hash[t.sha256] for t in texts if t.sha256 in by_hash}
    return list(found.values()), shelves


def _restrict(paper: Paper, given: dict[str, Volume]) -> Paper:
    """Return the paper as the given documents alone show it, under the library's id."""
    records = [ref for ref in paper.records if ref.document in given]
    if len(records) == len(paper.records):
        return paper
    sightings = [
        sight(given[ref.document].document, given[ref.document].reading.records[ref.index])
        for ref in records
    ]
    return merge(sightings, paper.id)[0]


def _record_lines(volume: Volume) -> Iterable[dict[str, Any]]:
    header = volume.reading.header
    if header is not None:
        yield {"type": "profile", "document": volume.document.id} | _pick(header, _HEADER)
    for record in volume.reading.records:
        yield {"type": "record", "document": volume.document.id} | _pick(record, _RECORD)


def _pick(model: ProfileHeader | Record, names: Iterable[str]) -> dict[str, Any]:
    data = model.model_dump(mode="json")
    return {name: data[name] for name in names}


def _record_text(volume: Volume) -> Iterable[str]:
    header, present = volume.reading.header, len(volume.reading.records)
    declared = f", {header.papers} declared" if header and header.papers is not None else ""
    owner = f" of {header.name}" if header and header.name else ""
    yield f"{volume.document.id}: {volume.reading.format}{owner}, {present} papers{declared}"
    for record in volume.reading.records:
        date = f"{record.date or 'no date'!s:<10}{'?' if record.year_inferred else ' '}"
        yield f"  {record.index:>3}  {date}  {record.title or _opening(record)}"


def _opening(record: Record) -> str:
    words = (record.abstract or "").split()
    return f"(no title) {' '.join(words[:10])}…" if words else "(no title, no abstract)"


def _paper_text(paper: Paper) -> str:
    documents = len({ref.document for ref in paper.records})
    where = f"  [{documents} documents]" if documents > 1 else ""
    return f"{paper.date or 'no date   '}  {paper.label}{where}\n            {paper.id}"


def _plan_data(papers: int, plan: Plan, model: str | None) -> dict[str, Any]:
    return {
        "papers": papers,
        "calls": plan.calls,
        "follow_ups": plan.follow_ups,
        "cached": plan.cached,
        "model": model,
        "tokens": {
            "input": {"low": plan.input_low, "high": plan.input_high},
            "output": {"low": plan.output_low, "high": plan.output_high},
            "counted_by": "tiktoken" if plan.exact else "estimate",
        },
        "price_usd": {"low": plan.price_low, "high": plan.price_high},
        "prices_dated": load_prices().dated,
    }


def _plan_text(data: dict[str, Any], plan: Plan) -> Iterable[str]:
    yield f"{data['papers']} papers: {plan.calls} calls to make, {plan.cached} answers in the store"
    if data["model"] is None:
        yield "No language model is asked: this costs nothing."
        return
    if plan.follow_ups:
        yield f"At most {plan.follow_ups} more calls, where a statement fails a check."
    how = "counted" if plan.exact else "estimated"
    yield f"Tokens in:  {plan.input_low:,} to {plan.input_high:,} ({how})"
    yield f"Tokens out: {plan.output_low:,} to {plan.output_high:,}"
    if plan.price_low is None:
        named = f"{data['model']} (or for one under [models])"
        yield f"Price: unknown for {named}; add it under [prices] in litline.toml"
    else:
        yield (
            f"Price: {plan.price_low:.4f} to {plan.price_high:.4f} USD with {data['model']}, "
            f"at the prices of {data['prices_dated']}"
        )


def _print_json(lines: Iterable[dict[str, Any]]) -> None:
    for line in lines:
        typer.echo(jsonlib.dumps(line, ensure_ascii=False))


def _print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(line)


def _finish(failures: Sequence[Failure], notes: Iterable[str]) -> None:
    for note in notes:
        typer.echo(f"note: {note}", err=True)
    for failure in failures:
        typer.echo(f"failed: {failure.document}: {failure.reason}", err=True)
    if failures:
        raise PartialError(f"{len(failures)} of the inputs could not be read")
