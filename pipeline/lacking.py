"""What a result sentence leaves unsaid: any figure, or the benchmark of a claim to be better."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Literal

from pipeline.mentions import Mention, mentions
from pipeline.numbers import printed_quantities
from pipeline.outcomes import groups
from pipeline.quantities import PERCENT, POINTS, TIMES, quantities
from pipeline.result_figures import result_figures

Lack = Literal["figure", "benchmark"]

_SUPERIOR = re.compile(
    r"""\b(?:
      outperform\w*|surpass\w*|beats?|beating|outdo(?:es|ne|ing)?|outclass\w*|overtak\w*
    | exceed(?:s|ed|ing)?(?!\s+(?:\d|ten|an?\s\w+ion|\w+\s(?:hundred|thousand|million|billion)))
    | superior(?:ity)?|better\s+(?:\w+\s+){0,3}than
    | (?:stronger|higher|faster)\s(?:\w+\s){0,3}than(?!\s+expected)
    | better\s+(?:performance|results|accuracy|quality)
    | (?:achiev|reach|attain|obtain|deliver|set|establish|yield|demonstrat|show|new|record|provid
       |exhibit|gain)\w*\s(?:[\w,-]+\s){0,6}?(?:state-of-the-art|state\s+of\s+the\s+art|SOTA)
    | (?:is|are|remains?)\s+(?:the\s+)?(?:new\s+)?(?:state-of-the-art|state\s+of\s+the\s+art|SOTA)
    | (?:the\s+)?best\s(?:[\w-]+\s){0,2}(?:performance|results?|scores?|accuracy|among|of\s+all)
    | leading\s+(?:performance|results?|accuracy)|new\s+records?
    | ranks?\s+(?:first|1st)|(?:takes|holds)\s+first\s+place
    )\b""",
    re.VERBOSE | re.IGNORECASE,
)
_OF = re.compile(r"\s+(?:out\s+)?of\s+(?:the\s+)?")
_DENIED = re.compile(
    r"\b(?:not|never|no|cannot|without|hardly|fails?\s+to|failed\s+to|neither|yet\s+to)\b"
    r"(?:\s+\w+){0,3}\s+$",
    re.IGNORECASE,
)
_TASK = (
    r"(?:detection|segmentation|classification|captioning|retrieval|recognition|question\s+answering"
    r"|VQA|grounding|translation|summari[sz]ation|tracking|generation|planning|forecasting"
    r"|locali[sz]ation|reconstruction|estimation|synthesis|editing|prediction|transcription"
    r"|parsing|completion|denoising|navigation|manipulation|inpainting|matching|re-identification"
    r"|counting|proving|OCR"
    r"|(?:document|image|video|chart|scene|speech|language|audio|GUI)\s+understanding)"
)
_ON_TASK = re.compile(
    rf"\b(?:(?:on|in|for|across|over|including|as|of|and)\s+|e\.g\.,?\s+)(?:the\s+)?"
    rf"(?:[\w/-]+,?\s+){{0,6}}?{_TASK}\b"
    r"|\b(?:tasks?|benchmarks?|datasets?),?\s+(?:including|such\s+as|like|e\.g\.)",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"\b(?i:on|in(?!\s+terms)|across|over|at|under|including|namely|both|e\.g\.,?|such\s+as)\s+"
    r"(?:the\s+|both\s+)?"
    r"(?:[a-z][\w-]*\s+){0,4}$"
)
_ITEM = re.compile(r"\s*(?:,|and|or|,\s+and|/|&)\s*(?:the\s+)?")
_RIVAL = re.compile(
    r"\b(?:outperform|surpass|exceed|beat|than|models?|methods?|systems?|approach|baselines?"
    r"|competitors?|counterparts?|rivals?|over\s+(?:the\s+)?[A-Z]|terms\s+of)\w*\b[^.;:]*$"
)
_EVALUATION = re.compile(r"\b(?:benchmarks?|datasets?|tasks?|tests?|suites?|leaderboards?)\b")
_WORDS_FOR_KINDS = re.compile(r"[A-Z]*(?:LLM|VLM|LM|RNN|CNN|ViT|MLLM|AI|SOTA|RL)s?(?:-\w+)?")


def lacks(text: str) -> list[Lack]:
    """Say what a readable result sentence does not give.

    `figure`: no number that could be an outcome; a count such as `on 10 of 12 benchmarks` is one,
    a size or a number of benchmarks is not. `benchmark`: it claims to be better than others and
    names no benchmark, data set or task; `six multimodal benchmarks` and `diverse tasks` name none.
    """
    missing: list[Lack] = []
    if not _has_figure(text):
        missing.append("figure")
    if claims_superiority(text) and not _names_benchmark(text):
        missing.append("benchmark")
    return missing


def _has_figure(text: str) -> bool:
    """Say whether any number of a sentence may be an outcome, bound to a metric or not."""
    if not quantities(text):
        return False
    row = printed_quantities(text, ())
    shares = any(q.unit in (PERCENT, POINTS, TIMES) for q in row)
    counts = any(_OF.fullmatch(text[a.end : b.start]) for a, b in pairwise(row))
    decimals = any("." in a.printed for group in groups(text) for a in group.amounts)
    return shares or counts or decimals or bool(result_figures(text))


def claims_superiority(text: str) -> bool:
    """Say whether a readable sentence claims that its subject is better than others, or best."""
    return any(not _DENIED.search(text[: found.start()]) for found in _SUPERIOR.finditer(text))


def _names_benchmark(text: str) -> bool:
    """Say whether a sentence names what it was measured on."""
    return bool(_ON_TASK.search(text)) or any(
        _is_place(text, name)
        for name in _leaders(text)
        if not _WORDS_FOR_KINDS.fullmatch(name.text)
    )


def _leaders(text: str) -> list[Mention]:
    """List the names of a sentence, of a list only the first."""
    found: list[Mention] = []
    end = 0
    for name in mentions(text):
        if not end or not _ITEM.fullmatch(text[end : name.start]):
            found.append(name)
        end = name.end
    return found


def _is_place(text: str, name: Mention) -> bool:
    """Say whether a name stands where a benchmark does: after `on`, or before `benchmark`."""
    if _EVALUATION.match(text[name.end :].lstrip(" \"”'")):
        return True
    head = text[: name.start]
    found = _PLACE.search(head)
    if not found:
        return False
    listed = re.match(r"including|namely|e\.g|such", found[0])
    before = head[: found.start()]
    if listed:
        cut = max(before.rfind(mark) for mark in ",;(") if "," in before else 0
        return bool(_EVALUATION.search(before[-60:])) and not _RIVAL.search(before[cut:])
    over = found[0].startswith("over") and not _EVALUATION.search(text[name.end : name.end + 30])
    return not over
