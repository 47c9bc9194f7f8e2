"""The command line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from pipeline import __version__
from pipeline.errors import LitlineError, UsageError

if TYPE_CHECKING:
    from flows.settings import Settings

app = typer.Typer(
    name="litline",
    help="Reads documents that list papers, and writes what a research group needs to know.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Documents = Annotated[
    list[str] | None, typer.Argument(metavar="DOC", help="Files or folders to read.")
]
Given = Annotated[list[str], typer.Argument(metavar="DOC", help="Files or folders to read.")]
Out = Annotated[
    str | None, typer.Option("--out", metavar="DIR", help="Where to write [default: outputs].")
]
StoreUrl = Annotated[
    str | None,
    typer.Option("--store", metavar="URL", help="Path or URL [default: .litline/litline.db]."),
]
EngineName = Annotated[
    str | None,
    typer.Option("--engine", metavar="NAME", help="auto, openai or extractive [default: auto]."),
]
Model = Annotated[str | None, typer.Option("--model", metavar="NAME", help="The model to ask.")]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="Dates without a year lie no later [today]."),
]
BudgetUsd = Annotated[
    float | None, typer.Option("--budget", metavar="USD", help="The most that a run may cost.")
]
Concurrency = Annotated[
    int | None, typer.Option("--concurrency", metavar="N", help="Calls at once [default: 16].")
]
Direct = Annotated[bool, typer.Option("--direct", help="Run without Prefect.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print only errors.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object per line.")]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"litline {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version.", callback=_version, is_eager=True),
    ] = False,
) -> None:
    """Read documents that list papers, and write what a research group needs to know."""


@app.command()
def run(
    documents: Documents = None,
    out: Out = None,
    store: StoreUrl = None,
    engine: EngineName = None,
    model: Model = None,
    as_of: AsOf = None,
    budget: BudgetUsd = None,
    concurrency: Concurrency = None,
    direct: Direct = False,
    quiet: Quiet = False,
) -> None:
    """Add documents to the library and write everything about it.

    Without documents: the library; where that is empty, the samples that ship with Litline.
    """
    _work("run", documents or [], _settings(**locals()))


@app.command()
def summarize(
    documents: Documents = None,
    out: Out = None,
    store: StoreUrl = None,
    engine: EngineName = None,
    model: Model = None,
    as_of: AsOf = None,
    budget: BudgetUsd = None,
    concurrency: Concurrency = None,
    direct: Direct = False,
    quiet: Quiet = False,
) -> None:
    """Add documents to the library and write a summary of each paper."""
    _work("summarize_papers", documents or [], _settings(**locals()))


@app.command()
def lineage(
    named: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME] [DOC]...", help="A line of work; files or folders to read."),
    ] = None,
    out: Out = None,
    store: StoreUrl = None,
    engine: EngineName = None,
    model: Model = None,
    as_of: AsOf = None,
    budget: BudgetUsd = None,
    concurrency: Concurrency = None,
    direct: Direct = False,
    quiet: Quiet = False,
) -> None:
    """Write how lines of work came to be: all of them, or the one of a name.

    A line goes by any name of any of its works. What is the path of a file or folder is a document.
    """
    name, documents = _name_and_documents(named or [])
    settings = _settings(
        out=out,
        store=store,
        engine=engine,
        model=model,
        as_of=as_of,
        budget=budget,
        concurrency=concurrency,
        direct=direct,
        quiet=quiet,
    )
    _work("trace_lineage", documents, settings, name=name)


@app.command()
def digest(
    documents: Documents = None,
    week: Annotated[
        str | None,
        typer.Option("--week", metavar="WEEK", help="As 2026-W22 [the weeks since the last one]."),
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="DATE", help="Instead: a window, from here")
    ] = None,
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="DATE", help="to here, both included [--as-of]."),
    ] = None,
    horizon: Annotated[
        int | None,
        typer.Option("--horizon", metavar="N", help="Months that trends are told over [12]."),
    ] = None,
    only_approved: Annotated[
        bool,
        typer.Option("--only-approved", help="Write it once people approved what it says."),
    ] = False,
    out: Out = None,
    store: StoreUrl = None,
    engine: EngineName = None,
    model: Model = None,
    as_of: AsOf = None,
    budget: BudgetUsd = None,
    concurrency: Concurrency = None,
    direct: Direct = False,
    quiet: Quiet = False,
) -> None:
    """Add documents to the library and write what a week brought, or a window of days.

    Without --week or --since: every week that has ended since the last digest.
    """
    settings = _settings(
        out=out,
        store=store,
        engine=engine,
        model=model,
        as_of=as_of,
        budget=budget,
        concurrency=concurrency,
        direct=direct,
        quiet=quiet,
        horizon=horizon,
        only_approved=only_approved or None,
    )
    _work("weekly_digest", documents or [], settings, week=week, since=since, until=until)


@app.command()
def serve(
    watch: Annotated[str, typer.Option("--watch", metavar="DIR", help="The folder to read.")],
    cron: Annotated[
        str | None,
        typer.Option("--cron", metavar="LINE", help="When it is due [default: 0 9 * * MON]."),
    ] = None,
    timezone: Annotated[
        str | None,
        typer.Option("--timezone", metavar="ZONE", help="As Europe/Berlin [the machine's]."),
    ] = None,
    out: Out = None,
    store: StoreUrl = None,
    engine: EngineName = None,
    model: Model = None,
    budget: BudgetUsd = None,
    concurrency: Concurrency = None,
    quiet: Quiet = False,
) -> None:
    """Read a folder and write each week's digest when it is due, until Ctrl-C.

    Weeks that were missed are made up. docs/scheduling.md says how, and how to do without.
    """
    from flows.library_digests import LibraryDigests  # noqa: PLC0415
    from flows.schedule import DEFAULT_CRON  # noqa: PLC0415
    from flows.serving import serve_weekly  # noqa: PLC0415

    settings = _settings(
        out=out,
        store=store,
        engine=engine,
        model=model,
        budget=budget,
        concurrency=concurrency,
        quiet=quiet,
    )
    serve_weekly(watch, settings, cron or DEFAULT_CRON, timezone, LibraryDigests)


@app.command()
def brief(
    author: Annotated[str, typer.Argument(metavar="NAME", help="An author, as usually written.")],
    documents: Documents = None,
    owner: Annotated[
        str | None,
        typer.Option("--owner", metavar="FILE=NAME", help="Whose page a document is."),
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="DATE", help="When you last met: what is new.")
    ] = None,
    form: Annotated[
        str | None,
        typer.Option("--format", metavar="F", help="Print the page: md, html or json."),
    ] = None,
    out: Out = None,
    store: StoreUrl = None,
    engine: EngineName = None,
    model: Model = None,
    as_of: AsOf = None,
    budget: BudgetUsd = None,
    concurrency: Concurrency = None,
    direct: Direct = False,
    quiet: Quiet = False,
) -> None:
    """Add documents to the library and write what one should know of an author before a meeting.

    Where several people may be meant, they are listed, and nothing is written.
    """
    if form not in (None, "md", "html", "json"):
        raise UsageError(f"--format: {form!r} is none of md, html, json")
    settings = _settings(
        out=out,
        store=store,
        engine=engine,
        model=model,
        as_of=as_of,
        budget=budget,
        concurrency=concurrency,
        direct=direct,
        quiet=quiet,
    )
    more = {"author": author, "owner": owner, "since": since}
    if form is None:
        _work("author_briefing", documents or [], settings, **more)
        return
    page = _done("author_briefing", documents or [], settings, **more)
    typer.echo(page.with_suffix(f".{form}").read_text(encoding="utf-8"), nl=False)


@app.command()
def read(documents: Given, store: StoreUrl = None, as_of: AsOf = None, json: Json = False) -> None:
    """Show what the readers find in documents; writes nothing."""
    from flows import reading  # noqa: PLC0415

    reading.show_records(documents, _settings(store=store, as_of=as_of), json=json)


@app.command()
def papers(
    documents: Given, store: StoreUrl = None, as_of: AsOf = None, json: Json = False
) -> None:
    """Show the papers that documents amount to, merged; writes nothing."""
    from flows import reading  # noqa: PLC0415

    reading.show_papers(documents, _settings(store=store, as_of=as_of), json=json)


@app.command()
def plan(
    documents: Documents = None,
    store: StoreUrl = None,
    engine: EngineName = None,
    model: Model = None,
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """Show what a run would ask and cost; makes no call and writes nothing."""
    from flows import reading  # noqa: PLC0415

    settings = _settings(store=store, engine=engine, model=model, as_of=as_of)
    reading.show_plan(documents or [], settings, json=json)


@app.command()
def check(
    out: Annotated[
        str | None, typer.Argument(metavar="OUT", help="The outputs folder [default: outputs].")
    ] = None,
) -> None:
    """Read every output back: schemas, evidence at its place, figures; names each fault."""
    from flows import reading  # noqa: PLC0415

    reading.check(_settings(out=out))


@app.command()
def follow(
    name: Annotated[
        str | None,
        typer.Argument(metavar="[NAME]", help="A line of work, an author or a topic to add."),
    ] = None,
    store: StoreUrl = None,
    as_of: AsOf = None,
) -> None:
    """Show what is followed and what could be, or add a name to litline.toml.

    A name is a line of work if one goes by it, else an author of the library, else a topic.
    """
    from flows import following  # noqa: PLC0415

    settings = _settings(store=store, as_of=as_of)
    if name is None:
        following.show(settings)
    else:
        following.add(name, settings)


@app.command()
def export(
    out: Annotated[
        str | None, typer.Argument(metavar="OUT", help="The outputs folder [default: outputs].")
    ] = None,
    schemas: Annotated[
        str | None, typer.Option("--schemas", metavar="DIR", help="Write the JSON Schemas here.")
    ] = None,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="PATH", help="Write the papers here: a file, or a folder."),
    ] = None,
    form: Annotated[
        str | None,
        typer.Option(
            "--format", metavar="NAME", help="bibtex, csl, csv, jsonl, or obsidian (a folder)."
        ),
    ] = None,
    reviews: Annotated[
        bool,
        typer.Option("--reviews", help="Print the rejections that have a reason, as a test set."),
    ] = False,
    store: StoreUrl = None,
) -> None:
    """Write the papers of OUT, the JSON Schemas, or what reviewers rejected and why."""
    from flows import exporting, reading, reviewing  # noqa: PLC0415

    match (schemas, to, form, out, reviews):
        case (str(), None, None, None, False):
            reading.export_schemas(schemas)
        case (None, str(), str(), _, False):
            exporting.export_papers(to, form, _settings(out=out, store=store))
        case (None, None, None, None, True):
            reviewing.export_reviews(_settings(store=store))
        case _:
            raise UsageError("say --to PATH and --format NAME, --schemas DIR, or --reviews")


class _Review(TyperGroup):
    """`litline review [OUT]` opens the pages; any other command is named first."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the name of the command that opens the pages where none is given."""
        named = bool(args) and (args[0] in self.commands or args[0] == "--help")
        return super().parse_args(ctx, args if named else ["open", *args])


review_app = typer.Typer(
    name="review",
    cls=_Review,
    help="Accept, edit or reject what a page says; it holds through every later run.",
    rich_markup_mode=None,
)
app.add_typer(review_app)
ClaimId = Annotated[str, typer.Argument(metavar="ID", help="The id of a claim.")]
Note = Annotated[str | None, typer.Option("--note", metavar="WORDS", help="Why.")]
Who = Annotated[str | None, typer.Option("--who", metavar="NAME", help="Who decides [you].")]


@review_app.command("open")
def open_(
    out: Annotated[
        str | None, typer.Argument(metavar="OUT", help="The outputs folder [default: outputs].")
    ] = None,
    port: Annotated[
        int, typer.Option("--port", metavar="N", min=0, max=65535, help="0: any that is free.")
    ] = 0,
    no_open: Annotated[
        bool, typer.Option("--no-open", help="Print the address and open no browser.")
    ] = False,
    who: Who = None,
    store: StoreUrl = None,
) -> None:
    """Open the pages for review in a browser, until Ctrl-C; so does `litline review [OUT]`."""
    from flows import review_desk  # noqa: PLC0415

    settings = _settings(out=out, store=store)
    review_desk.serve(settings, port, who, opened=not no_open)


@review_app.command("list")
def list_(
    out: Annotated[
        str | None, typer.Argument(metavar="OUT", help="The outputs folder [default: outputs].")
    ] = None,
    json: Json = False,
) -> None:
    """Print the claims that nobody has decided on, with their ids; reworded ones first."""
    from flows import reviewing  # noqa: PLC0415

    reviewing.list_claims(_settings(out=out), json=json)


@review_app.command()
def accept(
    claim: ClaimId, note: Note = None, who: Who = None, out: Out = None, store: StoreUrl = None
) -> None:
    """Keep a claim as it is, whatever later runs say instead, while its source stands."""
    from flows import reviewing  # noqa: PLC0415

    words = reviewing.words_of("accepted", note, who=who)
    reviewing.decide(claim, words, _settings(out=out, store=store))


@review_app.command()
def reject(
    claim: ClaimId, note: Note = None, who: Who = None, out: Out = None, store: StoreUrl = None
) -> None:
    """Take a claim away for good, and what later runs say in nearly the same words."""
    from flows import reviewing  # noqa: PLC0415

    words = reviewing.words_of("rejected", note, who=who)
    reviewing.decide(claim, words, _settings(out=out, store=store))


@review_app.command()
def edit(
    claim: ClaimId,
    text: Annotated[str, typer.Option("--text", metavar="WORDS", help="What it says instead.")],
    note: Note = None,
    overrule: Annotated[
        bool, typer.Option("--overrule", help="Stand by it though a check fails; the page says so.")
    ] = False,
    who: Who = None,
    out: Out = None,
    store: StoreUrl = None,
) -> None:
    """Put other words in a claim's place; they are checked against the same sentences."""
    from flows import reviewing  # noqa: PLC0415

    words = reviewing.words_of("edited", note, text, who)
    reviewing.decide(claim, words, _settings(out=out, store=store), overrule=overrule)


@review_app.command()
def undo(claim: ClaimId, who: Who = None, out: Out = None, store: StoreUrl = None) -> None:
    """Take the verdict on a claim back; the next run writes its page without it."""
    from flows import reviewing  # noqa: PLC0415

    words = reviewing.words_of("withdrawn", who=who)
    reviewing.withdraw(claim, words, _settings(out=out, store=store))


@review_app.command("import")
def import_(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A reviews.json.")],
    out: Out = None,
    store: StoreUrl = None,
) -> None:
    """Add the verdicts of a file to those in the store."""
    from flows import reviewing  # noqa: PLC0415

    reviewing.import_reviews(file, _settings(out=out, store=store))


@app.command()
def doctor(store: StoreUrl = None, engine: EngineName = None, model: Model = None) -> None:
    """Say what is set up, what is missing, and what to do about it; asks the server once."""
    from flows import diagnosis  # noqa: PLC0415

    diagnosis.show(_settings(store=store, engine=engine, model=model))


def _settings(**options: object) -> Settings:
    from flows.settings import load_settings  # noqa: PLC0415 - keeps --help fast

    known = {name: value for name, value in options.items() if name != "documents"}
    for switch in ("direct", "quiet"):
        if known.get(switch) is False:
            del known[switch]
    return load_settings(**known)


def _name_and_documents(named: list[str]) -> tuple[str | None, list[str]]:
    """Tell the name of a line from documents, which exist.

    Raises:
        UsageError: more than one argument is neither a file nor a folder.
    """
    documents = [one for one in named if _exists(one)]
    names = [one for one in named if one not in documents]
    if len(names) > 1:
        shown = " and ".join(map(repr, names))
        raise UsageError(f"{shown} are no files or folders, and only one line can be named")
    return (names[0] if names else None), documents


def _exists(path: str) -> bool:
    try:
        return Path(path).exists()
    except (OSError, ValueError):  # no name that a file could have
        return False


def _work(flow: str, documents: list[str], settings: Settings, **more: str | None) -> None:
    path = _done(flow, documents, settings, **more)
    if not settings.quiet:
        typer.echo(str(path))


def _done(flow: str, documents: list[str], settings: Settings, **more: str | None) -> Path:
    from flows.dispatch import work  # noqa: PLC0415

    return work(flow, documents, settings, **more)


def main() -> None:
    """Run the command line; the process ends with the exit code of the contract."""
    try:
        app(prog_name="litline")
    except LitlineError as error:
        typer.echo(f"litline: {error}", err=True)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
