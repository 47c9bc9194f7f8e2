"""Prompts as a model sees them, kept as files, so that no word changes without a new version.

After raising the version of a prompt: python -m tests.golden_prompts
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import NamedTuple

from pipeline.answers import Question, written
from pipeline.prompts import Prompt, load_prompt
from tests.asking import SENTENCES

FOLDER = Path(__file__).parent / "data" / "prompts"
PROMPTS = (
    "paper_summary",
    "claim_repair",
    "claim_judge",
    "paper_relations",
    "lineage_narrative",
    "author_briefing",
    "server_probe",
)
WITH_STATEMENTS = ("claim_repair", "claim_judge", "lineage_narrative", "author_briefing")
STATEMENTS = (
    "results: “Hushkettle lowers the noise by 13.5 dB.” Cites: 3. 13.5 dB is not in the evidence.",
    "limitations: “Hushkettle boils milk.” Cites: 4.",
)
_FILE = re.compile(r"version: (\d+)\n\n(.*)\n", re.DOTALL)


class Golden(NamedTuple):
    """A rendered prompt and the version it was rendered from."""

    version: int
    text: str


def rendered(prompt: Prompt) -> Golden:
    """Render a prompt over the invented sentences."""
    stated = STATEMENTS if prompt.name in WITH_STATEMENTS else ()
    shown = written(Question(prompt, SENTENCES, stated))
    return Golden(prompt.version, f"=== system ===\n{shown.system}\n\n=== user ===\n{shown.user}")


def kept(name: str, folder: Path = FOLDER) -> Golden | None:
    """Read a golden file, or return None where there is none that can be read."""
    path = folder / f"{name}.txt"
    found = _FILE.fullmatch(path.read_text(encoding="utf-8")) if path.exists() else None
    return Golden(int(found[1]), found[2]) if found else None


def fault(now: Golden, before: Golden | None) -> str | None:
    """Say what is wrong with a prompt against its golden file, or None where it holds."""
    if now == before:
        return None
    if before is not None and now.version <= before.version:
        return f"the wording changed: raise the version above {before.version}"
    return "the golden file is of another version: run python -m tests.golden_prompts"


def keep(name: str, now: Golden, folder: Path = FOLDER) -> str | None:
    """Write a golden file, unless the wording changed without a new version; return the fault."""
    before = kept(name, folder)
    if before is not None and now != before and now.version <= before.version:
        return fault(now, before)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.txt"
    path.write_text(f"version: {now.version}\n\n{now.text}\n", encoding="utf-8")
    return None


def main() -> None:
    faults = [f"{n}: {why}" for n in PROMPTS if (why := keep(n, rendered(load_prompt(n))))]
    sys.exit("\n".join(faults) or None)


if __name__ == "__main__":
    main()
