"""What exports are made from: the sheets and sources of an outputs folder, read back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, TypeVar

from pydantic import ValidationError

from pipeline.briefing_sheet import BriefingSheet
from pipeline.lineage_sheet import GraphSheet, LineageSheet
from pipeline.records import Frozen
from pipeline.sheets import PaperSheet

Sheet = TypeVar("Sheet", bound=Frozen)


class Collection(NamedTuple):
    """The sheets of an outputs folder, each kind in the order of its file names.

    `sources` holds texts by document; `unread` what could not be read, and why.
    """

    papers: list[PaperSheet]
    graph: GraphSheet | None = None
    lines: list[LineageSheet] = []  # noqa: RUF012 - never changed
    briefings: list[BriefingSheet] = []  # noqa: RUF012
    sources: dict[str, str] = {}  # noqa: RUF012
    unread: list[str] = []  # noqa: RUF012


def read_papers(root: Path) -> Collection:
    """Read the paper sheets of an outputs folder."""
    unread: list[str] = []
    return Collection(list(_sheets(root, "papers/*.json", PaperSheet, unread)), unread=unread)


def read_collection(root: Path) -> Collection:
    """Read all sheets and source texts of an outputs folder."""
    unread: list[str] = []
    return Collection(
        papers=list(_sheets(root, "papers/*.json", PaperSheet, unread)),
        graph=next(_sheets(root, "lineages/graph.json", GraphSheet, unread), None),
        lines=list(_sheets(root, "lineages/*/lineage.json", LineageSheet, unread)),
        briefings=list(_sheets(root, "briefings/*/briefing.json", BriefingSheet, unread)),
        sources=dict(_sources(root, unread)),
        unread=unread,
    )


def _sheets(root: Path, pattern: str, model: type[Sheet], unread: list[str]) -> Iterator[Sheet]:
    for path in sorted(root.glob(pattern)):
        try:
            yield model.model_validate_json(path.read_bytes())
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            where = ".".join(map(str, first["loc"]))
            unread.append(f"{_name(path, root)}: {': '.join(filter(None, (where, first['msg'])))}")
        except OSError as error:
            unread.append(f"{_name(path, root)}: {error.strerror}")


def _sources(root: Path, unread: list[str]) -> Iterator[tuple[str, str]]:
    for path in sorted(root.glob("sources/*.txt")):
        try:
            yield path.name.removesuffix(".txt"), path.read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            unread.append(f"{_name(path, root)}: {error}")


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()
