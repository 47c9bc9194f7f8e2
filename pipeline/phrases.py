"""Names within a sentence: which words may form one, and which one a noun phrase coins."""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

# --- Words that may belong to a name -------------------------------------------------------

# Abbreviations that a whole field uses: never the name of one paper's work.
GENERIC = frozenset(
    """
    1D 2D 3D 4D 5G 6G AD AE AGI AI ANN API AR ASR AUC AUPRC AUROC AUTOML AV BEV BON CAD CAM CE
    CER CFG CG CLI CNN COT CPU CRF CT CUDA CV DAG DCNN DER DL DNN DP EER EHR ELBO EM F1 FFN FID
    FL FLOP FLOPS FP16 FP8 FPGA FPS GAN GCN GD GEMM GNN GP GPU GRU GT GUI HCI HMM HPC HRL HTML
    HTTP ICL ID IID IL INT4 INT8 IOT IOU IR KB KD KG KL KV LIDAR LLM LM LMM LPIPS LSTM LVLM LVM
    MACS MAP MARL MCMC MCTS MDP MIL MIOU ML MLE MLLM MLM MLP MMLLM MOE MOS MPC MRI MRR MSE MT
    NAS NDCG NER NLG NLI NLP NLU NMT NN NTK OCR ODE OOD ORM OS PCA PDE PEFT PESQ PO POMDP PRM
    PSNR QA RAG RAM RCT RGB RGBD RL RLHF RLVR RM RMSE RNN ROI RTF SDE SDK SDR SFT SGD SI-SDR
    SI-SNR SLAM SNN SNR SOTA SQL SSIM SSL STOI SVD SVG SVM T2I T2V TD TPU TTFT TTS UI URL VAE VI
    VLA VLLM VLM VM VQA WER WM X2I XAI XML
    """.split()
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
_KINDS = frozenset(
    """
    agent algorithm approach architecture assistant benchmark codebase collection compiler corpus
    data dataset decoder detector encoder engine environment evaluation family framework
    generator index language layer library llm loss mechanism method metric mllm model module
    network objective operator optimizer package paradigm pipeline planner platform policy
    procedure process project protocol recipe scheme sequence series simulator solution solver
    strategy suite system task technique template testbed tokenizer tool toolbox toolkit
    transformer variant version vlm
    """.split()
)
_TOKEN = re.compile(r"[^\W_](?:[\w+*&]|[-.'’/](?=\w))*|[^\w\s\"'‘’“”]")
_AMOUNT = re.compile(r"\d[\d.,]*[A-Za-z]{0,2}")
VERSION_WORD = re.compile(r"[vV]?\d{1,2}(?:\.\d{1,3})*")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")


def tokenise(sentence: str) -> list[str]:
    """Cut a sentence into words and marks, without quotation marks and addresses of the web."""
    return _TOKEN.findall(_ADDRESS.sub(" ", sentence))


def token_at(tokens: list[str], at: int) -> str:
    """Read one token; outside of the sentence it is a full stop."""
    return tokens[at] if 0 <= at < len(tokens) else "."


def is_generic(word: str) -> bool:
    """Say whether a word is an abbreviation of the field, in the singular or plural."""
    return word.upper() in GENERIC or (word.endswith("s") and word[:-1].upper() in GENERIC)


def is_distinctive(word: str) -> bool:
    """Say whether a word looks like a name: capitals after the first letter, or digits."""
    parts = [part for part in re.split(r"[-/]", word) if part]
    if len(parts) > 1 and any(len(part) == 1 and part.isupper() for part in parts):
        return True
    return any(_odd(part) for part in parts if not (is_generic(part) or _AMOUNT.fullmatch(part)))


def _odd(part: str) -> bool:
    digits = part[0].isalpha() and any(letter.isdigit() for letter in part)
    return digits or any(letter.isupper() for letter in part[1:])


def _cased(word: str) -> bool:
    """Say whether a word begins with a capital, or with a digit and then one: `3D-Zoom`."""
    return not word[0].islower() and any(part[:1].isupper() for part in word.split("-"))


def is_plain_word(word: str) -> bool:
    """Say whether a word is in lower case and no name."""
    return word[0].islower() and not is_distinctive(word)


def is_kind(word: str) -> bool:
    """Say whether a word is what a named thing can be, such as `models`."""
    return word.lower() in _KINDS or word.lower().removesuffix("s") in _KINDS


def _name_word(tokens: list[str], at: int) -> bool:
    """Say whether a word can be part of a name; `CNN-based` before a plain word is none."""
    word = token_at(tokens, at)
    if _AMOUNT.fullmatch(word) or not (_cased(word) or is_distinctive(word)):
        return False
    after = token_at(tokens, at + 1)
    describes = "-" in word and word.rpartition("-")[2].islower()
    return not (describes and is_plain_word(after) and not _closes(after))


def name_end(tokens: list[str], at: int) -> int:
    """Find where the name-like words from `at` on end, exclusive; `at` when there are none."""
    end = at
    while _name_word(tokens, end) or (end > at and VERSION_WORD.fullmatch(token_at(tokens, end))):
        end += 1
    return end


def is_name_like(words: list[str]) -> bool:
    """Say whether words that stand where a name is coined are one and no phrase of the field."""
    phrase = " ".join(words).lower().replace("-", " ")
    if phrase.removesuffix("s") in GENERIC_PHRASES or all(is_generic(word) for word in words):
        return False
    return len(words) > 1 or "-" in words[0] or is_distinctive(words[0])


# --- Short and long forms ------------------------------------------------------------------

Forms = list[str]  # what one thing is called, best first

_CONNECTORS = frozenset("of the in a an and for".split())


def short_form(tokens: list[str], opening: int) -> str:
    """Read the name in a bracket, as in `(dubbed FooNet)` or `(FN for short)`; empty if none."""
    if token_at(tokens, opening) != "(" or ")" not in tokens[opening : opening + 7]:
        return ""
    words = tokens[opening + 1 : tokens.index(")", opening)]
    while words and is_plain_word(words[0]):
        words = words[1:]
    if words[-2:] == ["for", "short"]:
        words = words[:-2]
    fits = words and all(word[0].isalnum() for word in words) and len(words) < 4
    return " ".join(words) if fits and is_distinctive(words[0]) else ""


def _abbreviates(short: str, words: list[str]) -> bool:
    """Say whether the letters of the short form stand in the words, in order, the first first."""
    letters = [letter for letter in short.casefold() if letter.isalpha()]
    rest = iter("".join(words).casefold())
    return letters[0] == next(rest) and all(letter in rest for letter in letters[1:])


def _shares_letters(short: str, words: list[str]) -> bool:
    """Say whether all letters of the short form stand in the words, in any order."""
    letters = Counter(letter for letter in short.casefold() if letter.isalpha())
    return letters <= Counter("".join(words).casefold())


def defined_forms(tokens: list[str], start: int, opening: int, latest: int) -> Forms:
    """Read `Long Form (LF)`: the short form, and the long one when it is a proper name.

    Args:
        tokens: the sentence.
        start: where the long form may begin at the earliest.
        opening: where the bracket opens.
        latest: where the long form must have begun, so that it is what is coined.
    """
    short = short_form(tokens, opening)
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
    return [short] if latest >= opening - 1 and is_kind(tokens[opening - 1]) else []


def long_name(tokens: list[str], start: int, end: int) -> Forms:
    """Read a name that goes on in lower case up to its short form: `Foo without Bar (FwB)`."""
    for opening in range(end, min(end + 9, len(tokens))):
        if tokens[opening] == "(":
            words, short = tokens[start:opening], short_form(tokens, opening)
            return _both_forms(words, short) if short and _abbreviates(short, words) else []
        if not (tokens[opening][0].isalnum() or tokens[opening] == "&"):
            break
    return []


def _linked(tokens: list[str], at: int) -> bool:
    """Say whether a small word joins two parts of a proper name."""
    return tokens[at] in _CONNECTORS and (
        _name_word(tokens, at - 1) or token_at(tokens, at - 1) in _CONNECTORS
    )


def _both_forms(words: list[str], short: str) -> Forms:
    """Put the form first that reads as the name; leave out a long form in lower case."""
    long = " ".join(words)
    if long == long.lower():
        return [short] if len(short) > 2 else []
    if len(words) == 1:
        return [long, short]
    return [short, long] if words[0][0].isupper() and is_name_like(words) else [short]


# --- What a noun phrase coins --------------------------------------------------------------

ARTICLES = frozenset("a an the its our two three four several".split())
# An object of a coining verb ends before these.
_STOPS = frozenset(
    """
    that which where who whose when while to with by using via from on into through is are
    was were as than than because since but
    """.split()
)
_PREPOSITIONS = frozenset("of for in".split())
_BREAKS = frozenset("that which where who whose to using by than ; . :".split())


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
        end = name_end(tokens, here)
        if word == "(":
            names = defined_forms(tokens, at, here, latest)
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
    after = token_at(tokens, end)
    first = here == at or (here == at + 1 and tokens[at].lower() in ("the", "our"))
    forms = defined_forms(tokens, at, end, end) or (long_name(tokens, here, end) if first else [])
    if forms:
        return _Found(forms, tokens.index(")", end) + 1)
    if here == at:
        fits = _direct(words, after)
    elif first:
        fits = is_name_like(words) and (_closes(after) or is_kind(after))
    else:
        fits = _apposed(tokens, here, words, after)
    return _Found([" ".join(words)], end) if fits else None


def _direct(words: list[str], after: str) -> bool:
    """Say whether words right after the verb are a name and not just part of a description."""
    if not is_name_like(words):
        return len(words) == 1 and after in (",", ":", "(") and not is_generic(words[0])
    return _closes(after) or (is_kind(after) and any(map(is_distinctive, words)))


def _apposed(tokens: list[str], here: int, words: list[str], after: str) -> bool:
    """Say whether words name the noun before them: `a dataset Foo`, `a model, Foo, which`."""
    before = tokens[here - 1]
    if before == ",":
        named = is_name_like(words) or not is_generic(words[0])
        return named and is_kind(tokens[here - 2]) and _closes(after)
    if before == "of" and tokens[here - 2] == "version":
        return is_name_like(words)
    return is_kind(before) and any(map(is_distinctive, words))


def _closes(after: str) -> bool:
    """Say whether a word or mark cannot continue a noun phrase."""
    return not after[0].isalnum() or after in _STOPS | _PREPOSITIONS | {"and", "based"}


def object_names(tokens: list[str], at: int) -> list[Forms]:
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
        word, before = tokens[here], token_at(tokens, here - 1)
        if word in _BREAKS:
            return None
        joins = word == "and" or (before, word) in (("along", "with"), ("together", "with"))
        near = here <= start + 1 or word == "with"
        if joins and (near or token_at(tokens, here + 1) in ARTICLES):
            return _object(tokens, here + 1)
    return None
