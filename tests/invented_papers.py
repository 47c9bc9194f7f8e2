"""Documents about papers that do not exist, and what several tests ask of any document."""

from __future__ import annotations

import datetime as dt
import textwrap
from hashlib import sha256
from pathlib import Path

from pipeline.documents import load_text
from pipeline.readers import read_text
from pipeline.records import Reading, Record, Text
from pipeline.samples import sample_files

AS_OF = dt.date(2031, 7, 1)
SEEDS = Path(__file__).parents[2] / "shared" / "seeds"
NO_SEEDS = "the documents of the first users are not here"

KETTLES = (
    "Kettles on shared stoves boil over when nobody looks. We present Simmer, a small model that "
    "listens to the lid and lowers the flame in time. On 4,100 evenings in twelve kitchens it "
    "prevents 93.5% of the spills, and it wakes nobody. Copper kettles are not covered."
)
LANTERNS = (
    "A lantern that sways with its ship lights the wrong part of a chart. This work describes "
    "Gimlet, a holder that predicts the next swell from the last three. Readers of a chart make "
    "half as many errors under it, though they tire as fast as before. Plans are public."
)
LOOMS = (
    "Weavers repair a pattern thread by thread, because no tool shows where it first went wrong. "
    "We trace faults backwards through the cloth with Heddle, which needs one photograph. In a "
    "trial with nine looms the first fault was found in 41 seconds; fine silk defeats it."
)


def header(name: str = "Ada Brew", papers: int | None = 2, heading: str | None = "2 Papers") -> str:
    """Return the top of an author page."""
    count = [] if papers is None else [f"{papers}papers"]
    lines = ["KT", "h-index7", *count, "1,204citations", "Novelty31.5%", "AI Score48"]
    return "\n".join([name, "", *lines, *(["", heading] if heading else [])])


def entry(
    head: str = "KTNov 4, 2030Code",
    title: str = "Simmer: Kettles That Listen",
    authors: str = "Ada Brew, Bo Steam et al.",
    abstract: str = KETTLES,
) -> str:
    """Return one record of an author page."""
    return f"{head}\n{title}\n\n{authors}\n\n{abstract}"


def profile(*entries: str, top: str | None = None) -> str:
    """Return an author page."""
    return "\n\n".join([top or header(), *entries])


def listed(
    abstract: str = KETTLES,
    arxiv_id: str = "3011.00417",
    front: str | None = None,
    comment: str | None = None,
    dates: str | None = "Created: 2030-11-04",
) -> str:
    """Return one record of an arXiv listing; `front` is its title and author lines."""
    trailer = "\n".join(filter(None, [f"arXiv:{arxiv_id}", dates]))
    return "\n\n".join(filter(None, [front, abstract, comment, trailer]))


def listing(*records: str) -> str:
    """Return an arXiv listing."""
    return "\n\n".join(records)


def text_of(content: str, name: str = "notes.txt", folder: str = "/shelf") -> Text:
    """Return a text as if it had been loaded."""
    digest = sha256(content.encode()).hexdigest()
    return Text(path=f"{folder}/{name}", name=name, text=content, sha256=digest)


def read(text: str, as_of: dt.date = AS_OF) -> Reading:
    """Read a text as on the tests' day."""
    return read_text(text, as_of)


def only(text: str) -> Record:
    """Read a text that holds one record."""
    (record,) = read(text).records
    return record


def wrapped(text: str, width: int, *, at_hyphens: bool = True) -> str:
    """Hard-wrap every line of a text that is longer than `width`."""
    lines = (
        textwrap.fill(line, width, break_on_hyphens=at_hyphens, break_long_words=False)
        for line in text.split("\n")
    )
    return "\n".join(lines)


def uncovered(text: str, reading: Reading) -> str:
    """Return the characters that no span covers, and fail where two spans share one."""
    spans = [record.span for record in reading.records]
    spans += [reading.header.span] if reading.header else []
    outside, at = [], 0
    for start, end in sorted(spans):
        assert at <= start < end <= len(text), "spans overlap or leave the text"
        outside.append(text[at:start])
        at = end
    return "".join([*outside, text[at:]]).strip()


def sample_texts() -> list[Text]:
    """Return the documents that ship with Litline."""
    return [load_text(Path(file)) for file in sample_files()]


def seed_texts() -> list[Text]:
    """Return the documents of the first users, or nothing where they are absent."""
    return [load_text(path) for path in sorted(SEEDS.glob("*.txt"))]
