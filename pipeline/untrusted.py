"""Text from outside: made harmless where a model reads it, and what in it looks like a trick.

The signs are reported and never relied on: other words, other languages and other letters pass
unseen. What holds is that a reply can only state what the numbered sentences say.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

Sign = Literal["addressed to a model", "hidden characters", "chat-template tokens"]

_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    r"\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
    r"\U000e0000-\U000e0fff]"
)
# Hidden, but no trick: controls of old encodings, and what scripts, emoji and hyphenation need.
_HARMLESS = re.compile(r"[\x00-\x1f\x7f-\x9f\u00ad\u180b-\u180e\u200c\u200d\ufe00-\ufe0f\ufeff]")
_CHAT_TOKEN = re.compile(
    r"[<＜](?=[|｜])|[|｜](?=[>＞])|\[(?=/?INST\])|<(?=</?SYS>>)"
    r"|<(?=/?(?:s|think|im_start|im_end|start_of_turn|end_of_turn|bos|eos|pad|unk|system|user"
    r"|assistant|tool_call|tool_response|function_calls?)>)"
)
_WHOLE_TOKEN = re.compile(
    r"<[|｜][^<>|｜\s]{1,32}[|｜]>|\[/?INST\]|<</?SYS>>|</?(?:think|im_start|im_end)>"
)
_LOOKALIKES = str.maketrans(
    "аеорсухіјѕԁһӏνοικατρυεβμηωАВЕКМНОРСТХІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "aeopcyxijsdhlvoikatpuebmnwABEKMHOPCTXIJSABEZHIKMNOPTYX",
)
_ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b(?:\W+(?:all|any|of|the|your|these|my)){0,3}\W+"
    r"(?:previous|prior|above|earlier|preceding|foregoing|system)\W+(?:\w+\W+)?"
    r"(?:instructions?|prompts?|guidelines|directions|rules)\b"
    r"|\b(?:ignore|disregard|forget)\W+(?:the\W+|all\W+)?(?:instructions|rules|prompts?)\W+above\b"
    r"|\b(?:new|updated)\W+(?:system\W+)?prompt\b\W*:"
    r"|\b(?:llms?|language\W+models?|ais?|assistants?|you)\W+(?:must|should)\W+(?:now\W+|only\W+)?"
    r"(?:state|say|write|output|praise|reply|respond|answer\W+with)\b"
    r"|\b(?:state|say|write|mention)\W+in\W+your\W+(?:summary|review|report|answer)\b"
    r"|\b(?:positive|favou?rable|good|glowing)\W+reviews?\W+only\b"
    r"|\b(?:give|write|provide|output|return)\W+(?:only\W+)?(?:an?\W+)?"
    r"(?:positive|favou?rable|glowing)\W+review"
    r"|\bdo\W+not\W+(?:mention|highlight|list|report)\W+(?:any\W+|the\W+)?"
    r"(?:negatives?|weakness(?:es)?|limitations|flaws)\b"
    r"|\b(?:as|note\W+to)\W+(?:an?\W+|the\W+|any\W+)?(?:ai|llm|language\W+model|large\W+language\W+model)"
    r"\W+(?:reviewers?|assistants?|readers?|summari[sz]ers?)\b"
    r"|\b(?:you\W+are|act\W+as)\W+(?:now\W+)?(?:an?\W+)?(?:ai|assistant|llm|chatbot|language\W+model)\b"
    r"|\brecommend\W+(?:accepting|acceptance|to\W+accept)\W+(?:of\W+)?(?:this|the)\W+(?:paper|manuscript)\b"
    r"|\b(?:reveal|print|repeat)\W+(?:your\W+(?:system\W+)?|the\W+system\W+)prompt\b"
    r"|忽略.{0,8}(?:指令|指示|提示)|(?:只|仅)(?:给出|写).{0,4}(?:正面|积极)"
    r"|ignorier\w*\W+(?:\w+\W+){0,4}(?:anweisung|instruktion)\w*"
    r"|ignore[zr]\W+(?:\w+\W+){0,4}(?:instructions|consignes)\b"
    r"|ignor[ae]\W+(?:\w+\W+){0,4}instrucciones\b",
    re.IGNORECASE,
)
_OPENING = 25  # characters; an order further on, as in brackets, leaves the next sentence alone
_SPACED = re.compile(r"\b(?:\w[ .·_-]){2,}\w\b")


class Finding(NamedTuple):
    """A sign that a text was written for a model, and the words or characters that show it."""

    sign: Sign
    shown: str


def neutral(text: str) -> str:
    """Make source text harmless in a prompt: no invisible characters, no chat-template tokens."""
    return _CHAT_TOKEN.sub(lambda found: found.group() + " ", _INVISIBLE.sub("", text))


@lru_cache(maxsize=4096)
def order(text: str) -> str | None:
    """Return the words of a text that give orders to a model, or None.

    Compared after NFKC, without invisible characters, with look-alike letters made Latin and
    s p a c e d letters joined.
    """
    flat = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).translate(_LOOKALIKES)
    joined = _SPACED.sub(lambda found: re.sub(r"[ .·_-]", "", found[0]), flat)
    found = _ORDERS.search(flat) or _ORDERS.search(joined) or _run_together(joined)
    return found[0] if found else None


def _run_together(text: str) -> re.Match[str] | None:
    """Find orders whose words lost their spaces along with those of their letters."""
    return re.search(r"ignore(?:all|any|the|your)?(?:previous|prior)instructions", text, re.I)


def is_barred(sentences: Sequence[str], number: int) -> bool:
    """Say whether nothing may rest on a sentence, numbered from 1: it gives orders to a model.

    So does the sentence after one that opens with an order.
    """
    if order(sentences[number - 1]):
        return True
    before = sentences[number - 2] if number > 1 else ""
    words = order(before)
    return words is not None and before.find(words) < _OPENING


def hidden(text: str) -> bool:
    """Say whether a text holds characters that nobody sees and that no writing needs."""
    return any(c == "\0" or not _HARMLESS.match(c) for c in _INVISIBLE.findall(text))


def findings(text: str) -> Iterator[Finding]:
    """Yield each kind of sign once."""
    words = order(text)
    if words is not None:
        yield Finding("addressed to a model", words)
    hidden = sorted({c for c in _INVISIBLE.findall(text) if not _HARMLESS.match(c)})
    if hidden:
        yield Finding("hidden characters", ", ".join(f"U+{ord(c):04X}" for c in hidden))
    if token := _WHOLE_TOKEN.search(text):
        yield Finding("chat-template tokens", token[0])
