"""What a paper calls its own work, and how names with versions are written."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import NamedTuple

from pipeline import text as texts


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# --- Names with versions -------------------------------------------------------------------


class Name(NamedTuple):
    """A name taken apart; equal parts mean the same work, however it is written.

    `stem` and `suffix` are case folded. `version` has no trailing zeros and is empty when the
    name has none. A size, such as `78b`, is part of the suffix.
    """

    stem: str
    version: tuple[int, ...]
    suffix: str


_VERSION = re.compile(
    r"(?P<stem>[^\W\d_].*?[^\W\d_)])(?P<gap>[ -]?)(?P<mark>[vV]\.?)?"
    r"(?P<version>\d{1,2}(?:\.\d{1,3}){0,3})"
    r"(?P<suffix>(?![\dBbKkMmTt])[^\W\d_]?(?:-\S+|\++| \S+)?)"
)
_MODEL_SIZE = re.compile(r"a?\d+(?:\.\d+)?b\b")
_ROMAN = re.compile(r"(?P<stem>\S.*?)[ -](?P<version>II|III|IV)")
_ROMANS = {"II": (2,), "III": (3,), "IV": (4,)}
_EDITION = re.compile(
    r"(?P<stem>\S.*?)(?:[ -](?P<suffix>Pro|Flash|Mini|Nano|Lite|Plus|Max|Ultra|Turbo|Large|Base|"
    r"Small|Tiny|Huge)|[ -]?(?P<size>\d+(?:\.\d+)?[BbKkMmTt](?:-\S+)?)|(?P<plus>\++))"
)


def parse_name(name: str) -> Name:
    """Take a name apart into stem, version and suffix.

    `InternVL3`, `InternVL 3` and `InternVL3.0` give the same; `v2` is a version, and so are `II`,
    `III` and `IV` as words of their own. `++`, `-Pro` and sizes such as `-78B` are suffixes.
    """
    line = " ".join(name.split())
    found = _VERSION.fullmatch(line)
    if found:
        suffix = found["suffix"].lstrip(" -").casefold()
        return Name(found["stem"].casefold(), _numbers(found["version"]), suffix)
    found = _ROMAN.fullmatch(line)
    if found:
        return Name(found["stem"].casefold(), _ROMANS[found["version"]], "")
    found = _EDITION.fullmatch(line)
    if found:
        suffix = found["suffix"] or found["size"] or found["plus"]
        return Name(found["stem"].casefold(), (), suffix.casefold())
    return Name(line.casefold(), (), "")


def _numbers(version: str) -> tuple[int, ...]:
    """Read `3.0` as `(3,)`; a version of zeros alone keeps one."""
    numbers = [int(number) for number in version.split(".")]
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def variants(name: str) -> list[str]:
    """List the written forms of a name, the given one first: `Foo 2.5` and `Foo2.5`.

    A name without a version, of several words, or with a version after a hyphen or a single
    letter (`Foo-S1`) has one form only.
    """
    found = _VERSION.fullmatch(name)
    if not found or found["gap"] == "-" or " " in found["stem"] or " " in found["suffix"]:
        return [name]
    if re.search(r"(?:^|[\W\d_])[^\W\d_]$", found["stem"]):
        return [name]
    gap = "" if found["gap"] else " "
    version = (found["mark"] or "") + found["version"]
    other = f"{found['stem']}{gap}{version}{found['suffix']}"
    # Glued, `Conv 2` would read as version 2 of `Con`.
    return [name, other] if parse_name(other) == parse_name(name) else [name]


# --- Words that may belong to a name -------------------------------------------------------

# Abbreviations that a whole field uses: never the name of one paper's work.
GENERIC = _set(
    "1D 2D 3D 4D 5G 6G AD AE AGI AI ANN API AR ASR AUC AUTOML AV BEV BON CAD CAM CE CFG CG CLI"
    " CNN COT CPU CRF CT CUDA CV DAG DCNN DL DNN DP EHR ELBO EM FFN FID FL FLOP FLOPS FP16 FP8"
    " FPGA FPS GAN GCN GD GEMM GNN GP GPU GRU GT GUI HCI HMM HPC HRL HTML HTTP ICL ID IID IL INT4"
    " INT8 IOT IOU IR KB KD KG KL KV LIDAR LLM LM LMM LSTM LVLM LVM MAP MARL MCMC MCTS MDP MIL ML"
    " MLE MLLM MLM MLP MMLLM MOE MPC MRI MSE MT NAS NER NLG NLI NLP NLU NMT NN NTK OCR ODE OOD ORM"
    " OS PCA PDE PEFT PO POMDP PRM PSNR QA RAG RAM RCT RGB RGBD RL RLHF RLVR RM RNN ROI SDE SDK"
    " SFT SGD SLAM SNN SNR SOTA SQL SSIM SSL SVD SVG SVM T2I T2V TD TPU TTS UI URL VAE VI VLA VLLM"
    " VLM VM VQA WER WM X2I XAI XML"
)
# The same for phrases, less a plural `s`.
GENERIC_PHRASES = frozenset(
    [
        "artificial intelligence",
        "chain of thought",
        "continual learning",
        "convolutional neural network",
        "deep learning",
        "federated learning",
        "gaussian process",
        "gaussian process regression",
        "generative adversarial network",
        "graph neural network",
        "knowledge graph",
        "large language model",
        "machine learning",
        "markov decision process",
        "mixture of expert",
        "monte carlo tree search",
        "multimodal large language model",
        "natural language processing",
        "neural network",
        "recurrent neural network",
        "reinforcement learning",
        "variational autoencoder",
        "vision language model",
        "vision transformer",
    ]
)
# What a named thing can be, in the singular.
_KINDS = _set(
    "agent algorithm approach architecture assistant benchmark codebase collection compiler corpus"
    " data dataset decoder detector encoder engine environment evaluation family framework"
    " generator index language layer library llm loss mechanism method metric mllm model module"
    " network objective operator optimizer package paradigm pipeline planner platform policy"
    " procedure process project protocol recipe scheme sequence series simulator solution solver"
    " strategy suite system task technique template testbed tokenizer tool toolbox toolkit"
    " transformer variant version vlm"
)
_TOKEN = re.compile(r"[^\W_](?:[\w+*&]|[-.'’/](?=\w))*|[^\w\s\"'‘’“”]")
_AMOUNT = re.compile(r"\d[\d.,]*[A-Za-z]{0,2}")
_VERSION_WORD = re.compile(r"[vV]?\d{1,2}(?:\.\d{1,3})*")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")


def _tokens(sentence: str) -> list[str]:
    """Cut a sentence into words and marks, without quotation marks and addresses of the web."""
    return _TOKEN.findall(_ADDRESS.sub(" ", sentence))


def _token(tokens: list[str], at: int) -> str:
    """Read one token; outside of the sentence it is a full stop."""
    return tokens[at] if 0 <= at < len(tokens) else "."


def _generic(word: str) -> bool:
    """Say whether a word is an abbreviation of the field, in the singular or plural."""
    return word.upper() in GENERIC or (word.endswith("s") and word[:-1].upper() in GENERIC)


def _distinctive(word: str) -> bool:
    """Say whether a word looks like a name: capitals after the first letter, or digits."""
    parts = [part for part in re.split(r"[-/]", word) if part]
    if len(parts) > 1 and any(len(part) == 1 and part.isupper() for part in parts):
        return True
    return any(_odd(part) for part in parts if not (_generic(part) or _AMOUNT.fullmatch(part)))


def _odd(part: str) -> bool:
    digits = part[0].isalpha() and any(letter.isdigit() for letter in part)
    return digits or any(letter.isupper() for letter in part[1:])


def _cased(word: str) -> bool:
    """Say whether a word begins with a capital, or with a digit and then one: `3D-Zoom`."""
    return not word[0].islower() and any(part[:1].isupper() for part in word.split("-"))


def _plain_word(word: str) -> bool:
    """Say whether a word is in lower case and no name."""
    return word[0].islower() and not _distinctive(word)


def _kind(word: str) -> bool:
    """Say whether a word is what a named thing can be, such as `models`."""
    return word.lower() in _KINDS or word.lower().removesuffix("s") in _KINDS


def _name_word(tokens: list[str], at: int) -> bool:
    """Say whether a word can be part of a name; `CNN-based` before a plain word is none."""
    word = _token(tokens, at)
    if _AMOUNT.fullmatch(word) or not (_cased(word) or _distinctive(word)):
        return False
    after = _token(tokens, at + 1)
    describes = "-" in word and word.rpartition("-")[2].islower()
    return not (describes and _plain_word(after) and not _closes(after))


def _name_end(tokens: list[str], at: int) -> int:
    """Find where the name-like words from `at` on end, exclusive; `at` when there are none."""
    end = at
    while _name_word(tokens, end) or (end > at and _VERSION_WORD.fullmatch(_token(tokens, end))):
        end += 1
    return end


def _name_like(words: list[str]) -> bool:
    """Say whether words that stand where a name is coined are one and no phrase of the field."""
    phrase = " ".join(words).lower().replace("-", " ")
    if phrase.removesuffix("s") in GENERIC_PHRASES or all(_generic(word) for word in words):
        return False
    return len(words) > 1 or "-" in words[0] or _distinctive(words[0])


# --- Short and long forms ------------------------------------------------------------------

Forms = list[str]  # what one thing is called, best first

_CONNECTORS = _set("of the in a an and for")


def _short_form(tokens: list[str], opening: int) -> str:
    """Read the name in a bracket, as in `(dubbed FooNet)` or `(FN for short)`; empty if none."""
    if _token(tokens, opening) != "(" or ")" not in tokens[opening : opening + 7]:
        return ""
    words = tokens[opening + 1 : tokens.index(")", opening)]
    while words and _plain_word(words[0]):
        words = words[1:]
    if words[-2:] == ["for", "short"]:
        words = words[:-2]
    fits = words and all(word[0].isalnum() for word in words) and len(words) < 4
    return " ".join(words) if fits and _distinctive(words[0]) else ""


def _abbreviates(short: str, words: list[str]) -> bool:
    """Say whether the letters of the short form stand in the words, in order, the first first."""
    letters = [letter for letter in short.casefold() if letter.isalpha()]
    rest = iter("".join(words).casefold())
    return letters[0] == next(rest) and all(letter in rest for letter in letters[1:])


def _shares_letters(short: str, words: list[str]) -> bool:
    """Say whether all letters of the short form stand in the words, in any order."""
    letters = Counter(letter for letter in short.casefold() if letter.isalpha())
    return letters <= Counter("".join(words).casefold())


def _defined(tokens: list[str], start: int, opening: int, latest: int) -> Forms:
    """Read `Long Form (LF)`: the short form, and the long one when it is a proper name.

    Args:
        tokens: the sentence.
        start: where the long form may begin at the earliest.
        opening: where the bracket opens.
        latest: where the long form must have begun, so that it is what is coined.

    """
    short = _short_form(tokens, opening)
    if not short:
        return []
    proper = opening
    while proper > start and (_name_word(tokens, proper - 1) or _linked(tokens, proper - 1)):
        proper -= 1
    for begin in [proper, *range(opening - 1, start - 1, -1)]:
        words = tokens[begin:opening]
        if words and not words[0][0].isalnum():
            break
        if words and words[0] not in _CONNECTORS and _abbreviates(short, words):
            return _both_forms(words, short) if begin <= latest else []
    words = tokens[proper:opening]
    if len(words) > 1 and proper <= latest and _shares_letters(short, words):
        return _both_forms(words, short)
    return [short] if latest >= opening - 1 and _kind(tokens[opening - 1]) else []


def _long_name(tokens: list[str], start: int, end: int) -> Forms:
    """Read a name that goes on in lower case up to its short form: `Foo without Bar (FwB)`."""
    for opening in range(end, min(end + 9, len(tokens))):
        if tokens[opening] == "(":
            words, short = tokens[start:opening], _short_form(tokens, opening)
            return _both_forms(words, short) if short and _abbreviates(short, words) else []
        if not (tokens[opening][0].isalnum() or tokens[opening] == "&"):
            break
    return []


def _linked(tokens: list[str], at: int) -> bool:
    """Say whether a small word joins two parts of a proper name."""
    return tokens[at] in _CONNECTORS and (
        _name_word(tokens, at - 1) or _token(tokens, at - 1) in _CONNECTORS
    )


def _both_forms(words: list[str], short: str) -> Forms:
    """Put the form first that reads as the name; leave out a long form in lower case."""
    long = " ".join(words)
    if long == long.lower():
        return [short] if len(short) > 2 else []
    if len(words) == 1:
        return [long, short]
    return [short, long] if words[0][0].isupper() and _name_like(words) else [short]


# --- What a sentence coins -----------------------------------------------------------------

_COIN = re.compile(
    r"(?:introduc|propos|present|develop|design|devis|creat|construct|releas|launch|unveil|curat"
    r"|collect|establish|formulat|contribut|provid|offer|publish|describ|assembl|compil|engineer"
    r"|open-sourc|buil)(?P<form>e|t|d|es|ds|ed|s|ing|ding)?"
)
_CALL = _set("call name named term dub dubbed denote refer coin nickname title abbreviate")
_CALLED = _set("termed named namely called dubbed denoted known coined titled entitled abbreviated")
_SOLVE = _set("address tackle solve overcome mitigate resolve alleviate")
_AIMS = _set("aim aims aiming seek seeks seeking able ability allow used want hope try trying")
_OURS = _set("paper work study report article survey thesis manuscript letter research")
_WE = _set("we our us")
_PROPOSED = _set("proposed resulting presented")
_FRESH = _set("novel new first our simple")
_ADVERBS = _set(
    "also first further then thus therefore hence here next instead now have can will both again"
)
_PARTS = _set("features comprises includes contains provides offers")
_ARTICLES = _set("a an the its our two three four several")
# An object of a coining verb ends before these.
_STOPS = _set(
    "that which where who whose when while to with by using via from on into through is are"
    " was were as than than because since but"
)
_PREPOSITIONS = _set("of for in")
_BREAKS = _set("that which where who whose to using by than ; . :")


class _Found(NamedTuple):
    """A name that one object of a verb coins, and where in the sentence it ends, exclusive."""

    forms: Forms
    end: int


def _object(tokens: list[str], at: int) -> _Found | None:
    """Read the noun phrase at `at`, and the name that it coins, if any."""
    latest = len(tokens)
    here = at
    while here < min(len(tokens), at + 30):
        word = tokens[here]
        end = _name_end(tokens, here)
        if word == "(":
            names = _defined(tokens, at, here, latest)
            return _Found(names, tokens.index(")", here) + 1) if names else None
        if end > here:
            found = _placed(tokens, at, here, end) if latest == len(tokens) else None
            if found:
                return found
        elif word in _STOPS or not (word[0].isalnum() or word == ","):
            return None
        elif word in _PREPOSITIONS and tokens[here - 1] != "version":
            latest = min(latest, here)
        here = max(end, here + 1)
    return None


def _placed(tokens: list[str], at: int, here: int, end: int) -> _Found | None:
    """Say whether the words `here` to `end` name the thing that the phrase at `at` is about."""
    words = tokens[here:end]
    after = _token(tokens, end)
    first = here == at or (here == at + 1 and tokens[at].lower() in ("the", "our"))
    forms = _defined(tokens, at, end, end) or (_long_name(tokens, here, end) if first else [])
    if forms:
        return _Found(forms, tokens.index(")", end) + 1)
    if here == at:
        fits = _direct(words, after)
    elif first:
        fits = _name_like(words) and (_closes(after) or _kind(after))
    else:
        fits = _apposed(tokens, here, words, after)
    return _Found([" ".join(words)], end) if fits else None


def _direct(words: list[str], after: str) -> bool:
    """Say whether words right after the verb are a name and not just part of a description."""
    if not _name_like(words):
        return len(words) == 1 and after in (",", ":", "(") and not _generic(words[0])
    return _closes(after) or (_kind(after) and any(map(_distinctive, words)))


def _apposed(tokens: list[str], here: int, words: list[str], after: str) -> bool:
    """Say whether words name the noun before them: `a dataset Foo`, `a model, Foo, which`."""
    before = tokens[here - 1]
    if before == ",":
        named = _name_like(words) or not _generic(words[0])
        return named and _kind(tokens[here - 2]) and _closes(after)
    if before == "of" and tokens[here - 2] == "version":
        return _name_like(words)
    return _kind(before) and any(map(_distinctive, words))


def _closes(after: str) -> bool:
    """Say whether a word or mark cannot continue a noun phrase."""
    return not after[0].isalnum() or after in _STOPS | _PREPOSITIONS | {"and", "based"}


def _objects(tokens: list[str], at: int) -> list[Forms]:
    """Read all names that the objects of a coining verb coin: `X, a model, along with Y`."""
    found = _object(tokens, at)
    names: list[Forms] = []
    while found:
        names.append(found.forms)
        found = _next_object(tokens, found.end)
    return names


def _next_object(tokens: list[str], start: int) -> _Found | None:
    """Find the next object of the same verb after one that ended at `start`."""
    for here in range(start, len(tokens)):
        word, before = tokens[here], _token(tokens, here - 1)
        if word in _BREAKS:
            return None
        joins = word == "and" or (before, word) in (("along", "with"), ("together", "with"))
        near = here <= start + 1 or word == "with"
        if joins and (near or _token(tokens, here + 1) in _ARTICLES):
            return _object(tokens, here + 1)
    return None


def _own(tokens: list[str], at: int, owners: frozenset[str]) -> bool:
    """Say whether the sentence up to `at` is about the paper's own work."""
    head = [token.lower() for token in tokens[:at]]
    return (
        not _WE.isdisjoint(head)
        or any(pair[0] == "this" and pair[1] in _OURS for pair in pairwise(head))
        or (bool(head) and tokens[0] in owners)
    )


def _subject(tokens: list[str], at: int) -> int:
    """Find the word before a verb, adverbs skipped; -1 when the verb comes first."""
    before = at - 1
    while before >= 0 and (tokens[before].lower() in _ADVERBS or tokens[before].endswith("ly")):
        before -= 1
    return before


def _says_own(tokens: list[str], at: int, owners: frozenset[str]) -> bool:
    """Say whether the coining verb at `at` speaks of the paper's own work."""
    before = _subject(tokens, at)
    subject, verb = _token(tokens, before).lower(), tokens[at].lower()
    if subject == "we":
        return True
    if subject in _OURS:
        return _token(tokens, before - 1).lower() in ("this", "our", "the", "present")
    joined = subject in ("and", "to", "then", "by") or (subject == "," and verb.endswith("ing"))
    aimed = _token(tokens, before - 1) in _AIMS
    return joined and not aimed and not verb.endswith("ed") and _own(tokens, at, owners)


def _is_fresh(tokens: list[str], at: int, owners: frozenset[str]) -> bool:
    """Say whether what is called something at `at` is the paper's own."""
    head = [token.lower() for token in tokens[:at]]
    fresh = any(token in _FRESH or _COIN.fullmatch(token) for token in head)
    if tokens[0] in owners:
        return fresh or not _PARTS.isdisjoint(head)
    return fresh and (_own(tokens, at, owners) or _proposes(tokens, at))


def _proposes(tokens: list[str], at: int) -> bool:
    """Say whether `is proposed` or the like follows."""
    return any(be in ("is", "are") and _COIN.fullmatch(verb) for be, verb in pairwise(tokens[at:]))


def _coined_at(tokens: list[str], at: int, owners: frozenset[str]) -> list[Forms]:
    """Read the names that a cue at `at` coins; empty when there is no cue."""
    word = tokens[at].lower()
    if _COIN.fullmatch(word) and _says_own(tokens, at, owners):
        return _objects(tokens, at + 1)
    if word in _CALLED and _names_one(tokens, at) and _is_fresh(tokens, at, owners):
        return _called(tokens, at + 1)
    if word in _CALL and _token(tokens, _subject(tokens, at)).lower() == "we":
        return _we_call(tokens, at + 1)
    if word == "by" and "we" in map(str.lower, tokens[:at]):
        return _solved_by(tokens, at)
    if word == "our" or (word in _PROPOSED and tokens[at - 1].lower() in ("the", "our")):
        return _ours(tokens, at + 1)
    return _passive(tokens, at) if word in ("is", "are") else []


def _ours(tokens: list[str], at: int) -> list[Forms]:
    """Read the name after `our`, in `our Foo Bar (FB)`, `our model, Foo,` or `our model (Foo)`."""
    end = _name_end(tokens, at)
    if end > at:
        forms = _defined(tokens, at, end, end)
        return [forms] if forms else []
    here = at
    while here < at + 4 and _plain_word(_token(tokens, here)) and not _kind(tokens[here]):
        here += 1
    if not _kind(_token(tokens, here)):
        return []
    short = _short_form(tokens, here + 1)
    if short:
        return [[short]]
    start = here + 1 + (_token(tokens, here + 1) == ",")
    end = _name_end(tokens, start)
    words = tokens[start:end]
    name = " ".join(words)
    named = any(map(_distinctive, words)) and _token(tokens, end) in (",", ".", "-", "–")
    # A size of a model, as in `Foo2-8B-RL`, is often a rival's model trained further.
    return [[name]] if named and not _MODEL_SIZE.search(name.casefold()) else []


def _names_one(tokens: list[str], at: int) -> bool:
    """Say whether `known` is followed by `as`, and `namely` follows a thing in the singular."""
    if tokens[at] == "namely":
        return not _token(tokens, at - 2).endswith("s")
    return tokens[at] != "known" or _token(tokens, at + 1) == "as"


def _called(tokens: list[str], at: int) -> list[Forms]:
    """Read the name after `termed`, `named as` and the like; one capitalised word is enough."""
    while _token(tokens, at) in ("as", "by", "the", ":"):
        at += 1
    end = _name_end(tokens, at)
    words = tokens[at:end]
    forms = _defined(tokens, at, end, end) or _long_name(tokens, at, end)
    single = len(words) == 1 and not _generic(words[0])
    if not forms and (single or (words and _name_like(words))):
        forms = [" ".join(words)]
    return [forms] if forms else []


def _we_call(tokens: list[str], at: int) -> list[Forms]:
    """Read the name after `we call`, `we refer to it as` and the like."""
    for here in range(at, min(at + 8, len(tokens))):
        words = tokens[here : _name_end(tokens, here)]
        if words and (_name_like(words) or tokens[here - 1] == "as"):
            return _called(tokens, here)
        if not tokens[here][0].isalnum():
            forms = _defined(tokens, at, here, here)
            return [forms] if forms else []
    return []


def _solved_by(tokens: list[str], at: int) -> list[Forms]:
    """Read the name in `we address this by Foo, a method`."""
    end = _name_end(tokens, at + 1)
    words = tokens[at + 1 : end]
    solved = not _SOLVE.isdisjoint(tokens[:at]) and words and _name_like(words)
    apposed = _token(tokens, end) == "," and _token(tokens, end + 1) in _ARTICLES
    return [[" ".join(words)]] if solved and apposed else []


def _passive(tokens: list[str], at: int) -> list[Forms]:
    """Read the name in `in this paper, a method, Foo, is proposed`."""
    here = any(this == "this" and what in _OURS for this, what in pairwise(map(str.lower, tokens)))
    if not here or not _COIN.fullmatch(_token(tokens, at + 1)):
        return []
    end = at - 1 if tokens[at - 1] == "," else at
    if tokens[end - 1] == ")" and "(" in tokens[:end]:
        opening = max(place for place in range(end) if tokens[place] == "(")
        forms = _defined(tokens, max(0, opening - 8), opening, opening)
        return [forms] if forms else []
    start = end
    while start and _name_end(tokens, start - 1) == end:
        start -= 1
    words = tokens[start:end]
    return [[" ".join(words)]] if words and _name_like(words) else []


# --- What a paper coins --------------------------------------------------------------------

LONGEST_ABSTRACT = 20_000  # characters; more is no abstract, and is not read for names

_PREFIX = re.compile(r"(?:The |An? )?(?P<name>\S.{0,60}?)\s*(?::| [-–—]{1,2})\s+(?P<rest>\S.*)")
_OVERVIEW = re.compile(r"\b(?:survey|review|overview|tutorial|primer)\b", re.IGNORECASE)
_ORDINARY = re.compile(r".*(?:s|ing|tion|sion|ity|ness|ment|ance|ence|ism|ology|er|or)", re.DOTALL)


def coined_names(title: str | None, abstract: str | None) -> list[str]:
    """List the names that a paper itself introduces, best first.

    The name before a title's colon comes first, then names that the title holds, then those that
    the abstract mentions again, then the rest; equals as the abstract coins them. Each is followed
    by its other forms: the long form of an abbreviation, and `Foo 2` beside `Foo2`. Names of
    rivals and bases, abbreviations of the field and ordinary words are left out.

    Args:
        title: the title, LaTeX allowed; `None` when the documents give none.
        abstract: the abstract, LaTeX allowed; `None` when the documents give none.

    Returns:
        The names, each once; empty for a paper that names nothing of its own.

    """
    head, body = (texts.plain((part or "")[:LONGEST_ABSTRACT]) for part in (title, abstract))
    coined = _coined_in(body)
    first = _title_name(head, body, {_key(form) for forms in coined for form in forms})
    ordered = sorted(coined, key=lambda forms: _rank(forms, first, head, body))
    return _written([*first, *(form for forms in ordered for form in forms)], f"{head}\n{body}")


def _coined_in(body: str) -> list[Forms]:
    """List what an abstract coins, in its order."""
    coined: list[Forms] = []
    parts = [_tokens(body[start:end]) for start, end in texts.sentences(body)]
    for tokens in filter(None, parts):
        owners = frozenset(form for forms in coined for form in forms)
        for at in range(len(tokens)):
            coined += _coined_at(tokens, at, owners)
    known = {forms[0] for forms in coined}
    for tokens in parts:
        for at in range(len(tokens)):
            if _short_form(tokens, at) in known:
                coined.append(_defined(tokens, max(0, at - 10), at, at))
    return [forms for forms in coined if forms]


def _title_name(head: str, body: str, coined: set[str]) -> Forms:
    """Read the name before the colon of a title, if that is a name and not the topic."""
    found = _PREFIX.match(head)
    if not found:
        return []
    name, words = found["name"], found["name"].split()
    if _key(name) in coined:
        return [name]
    if len(words) > 4 or _OVERVIEW.search(found["rest"]) or not _name_like(words):
        return [name] if _proper_word(name, body) and not _OVERVIEW.search(found["rest"]) else []
    versioned = len(words) == 2 and _VERSION_WORD.fullmatch(words[1])
    if len(words) == 1 or versioned:
        return [name] if any(map(_distinctive, words)) else []
    return [name] if any(map(_distinctive, words)) and (not body or name in body) else []


def _proper_word(name: str, body: str) -> bool:
    """Say whether one capitalised word is a name: no ordinary ending, never in lower case."""
    plain_word = not name.isalpha() or not name[0].isupper() or _ORDINARY.fullmatch(name)
    if plain_word or _generic(name):
        return False
    return not body or (name in body and not re.search(rf"\b{name.lower()}\b", body))


def _rank(forms: Forms, first: Forms, head: str, body: str) -> int:
    """Rank what the title begins with, what it holds, what recurs, and what is mentioned once."""
    if first and _key(first[0]) in map(_key, forms):
        return 0
    if _mentions(forms, head):
        return 1
    return 2 if _mentions(forms, body) > len(forms) else 3


def _mentions(forms: Forms, text: str) -> int:
    """Count how often a text mentions a name in any of its forms."""
    written = {way for form in forms for way in variants(form)}
    return sum(len(re.findall(rf"(?<![\w-]){re.escape(way)}(?![\w-])", text)) for way in written)


def _key(name: str) -> str:
    """Reduce a name to what its written forms share."""
    return re.sub(r"[\W_]", "", name.casefold())


def _written(names: list[str], text: str) -> list[str]:
    """Give each name once, with its other forms in the text and of `variants`."""
    written: dict[str, None] = {}
    seen: set[str] = set()
    works: set[tuple[str, tuple[int, ...]]] = set()
    for name in names:
        parsed = parse_name(name)
        size_of_known = parsed[:2] in works and _MODEL_SIZE.match(parsed.suffix)
        if _key(name) not in seen and not size_of_known:
            written |= dict.fromkeys([name, *_forms_in(name, text), *variants(name)])
        seen.add(_key(name))
        works.add(parsed[:2])
    return list(written)


def _forms_in(name: str, text: str) -> list[str]:
    """List how the text writes a name that has a version."""
    found = _VERSION.fullmatch(name)
    if not found or len(variants(name)) == 1:
        return []
    stem, mark, version, suffix = map(
        re.escape, (found["stem"], found["mark"] or "", found["version"], found["suffix"])
    )
    pattern = rf"(?<!\w){stem}[ -]?{mark}{version}(?:\.0)?{suffix}(?!\.?\w)"
    return re.findall(pattern, text)
