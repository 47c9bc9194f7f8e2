"""Which side of a work a sentence speaks of: its architecture, data, training or inference."""

from __future__ import annotations

import re

from pipeline.lineage_sheet import Aspect

_WORDS: dict[Aspect, str] = {
    "architecture": r"architectur\w*|encoders?\b|decoders?\b|backbones?\b|layers?\b|modules?\b"
    r"|tiles?\b|resolution|router\b|mixture[- ]of[- ]experts|parameters\b|tokenizers?\b"
    r"|positional?\b|convolutions?\b|attention\b|visual tokens?\b|operators?\b",
    "data": r"data(?:sets?)?\b|corpus\b|corpora\b|annotat\w+|instructions\b|samples\b"
    r"|photographs\b|images\b.{0,20}\bcollect\w*|collect\w*\b.{0,40}\bimages",
    "training": r"train(?:ed|ing|s)?\b|pre-?train\w*|fine-?tun\w*|reinforcement\b|RL\b"
    r"|distil\w*|objectives?\b|loss\b|alignment\b|preference\b|optimi[sz]ation\b",
    "inference": r"inference\b|test-time\b|at run time\b|decod(?:ing|es)\b|latency\b|speed\w*"
    r"|throughput\b|faster\b|deploy\w*|memory\b|on a (?:phone|tablet|device)",
}
_CUES = {aspect: re.compile(rf"\b(?:{words})", re.IGNORECASE) for aspect, words in _WORDS.items()}


def aspects_of(text: str) -> list[Aspect]:
    """List the sides of a work that a readable sentence speaks of, in a fixed order."""
    return [aspect for aspect, cues in _CUES.items() if cues.search(text)]
