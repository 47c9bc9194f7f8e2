"""Counting tokens: a safe estimate that needs no vocabulary, and exact counts where one is on disk.

Chunking always uses the estimate, so that keys of answers never depend on a vocabulary.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from hashlib import sha1, sha256
from pathlib import Path

SAFETY = 1.35
_LETTERS = re.compile(r"[A-Za-z]+")
_DIGITS = re.compile(r"[0-9]+")
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~\x00-\x08\x0e-\x1f\x7f]")
_WIDE = re.compile(r"[^\x00-\x7f]")
_ASTRAL = re.compile(r"[^\x00-\uffff]")
_RUNS = re.compile(r"\s+")

_BASE = "https://openaipublic.blob.core.windows.net/encodings/"
_VOCABULARIES = {
    "o200k_base": "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    "cl100k_base": "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
}

Counter = Callable[[str], int]


def estimate_tokens(text: str) -> int:
    """Return a number of tokens that was never too low on 3,600 slices of 15 kinds of text.

    Letter runs count ⌈n/4⌉, digit runs ⌈n/3⌉, other ASCII 1, non-ASCII 1.6 and characters above
    U+FFFF 3, all times 1.35. White space counts nothing: prompts collapse it first.
    """
    letters = sum((len(run) + 3) // 4 for run in _LETTERS.findall(text))
    digits = sum((len(run) + 2) // 3 for run in _DIGITS.findall(text))
    punctuation = len(_PUNCTUATION.findall(text))
    astral = len(_ASTRAL.findall(text))
    wide = len(_WIDE.findall(text)) - astral
    return math.ceil(SAFETY * (letters + digits + punctuation + 1.6 * wide + 3 * astral))


def encoding_name(model: str) -> str:
    """Return the vocabulary of an OpenAI model; unknown models get the newest."""
    old = ("gpt-4-", "gpt-3.5", "text-embedding")
    return "cl100k_base" if model == "gpt-4" or model.startswith(old) else "o200k_base"


def vocabulary_file(model: str, cache: Path) -> Path:
    """Return where tiktoken looks for the vocabulary of `model` in its cache folder."""
    url = f"{_BASE}{encoding_name(model)}.tiktoken"
    return cache / sha1(url.encode(), usedforsecurity=False).hexdigest()


def exact_counter(model: str, cache: Path | None) -> Counter | None:
    """Return a counter by tiktoken, or None where its vocabulary is not on disk and intact.

    The hash is checked here, because tiktoken deletes a broken file and downloads it anew.
    """
    if cache is None:
        return None
    file = vocabulary_file(model, cache)
    name = encoding_name(model)
    if not file.is_file() or sha256(file.read_bytes()).hexdigest() != _VOCABULARIES[name]:
        return None
    return _tiktoken_counter(name)


def _tiktoken_counter(name: str) -> Counter:
    import tiktoken  # noqa: PLC0415 - heavy, and not needed by most commands

    encoding = tiktoken.get_encoding(name)

    def exact(text: str) -> int:
        return len(encoding.encode_ordinary(_RUNS.sub(" ", text)))

    return exact
