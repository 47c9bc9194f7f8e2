"""The words of results, and the phrases that say what was measured and where."""

from __future__ import annotations

import re

from pipeline.mentions import mentions

# --- Words ---------------------------------------------------------------------------------

RISE = r"(?:improv|boost|increas|rais|enhanc|lift|elevat|rais|advanc)(?:es|e|ed|s|ing)?"
FALL = r"(?:reduc|decreas|lower|cut|shrink|shorten|sav|slash|diminish)(?:es|e|ed|s|ing|ting)?"
BEAT = r"(?:outperform|surpass|exceed|beat|outdo|overtak)(?:es|e|ed|s|ing)?"
TRAIL = r"(?:trail|lag|underperform)(?:s|ed|ing)?(?:\s+behind)?"
REACH = (
    r"(?:achiev|reach|attain|obtain|scor|record|yield|deliver|gets?\b|getting|got|hit|post"
    r"|answer|earn|register)(?:es|e|ed|s|ing)?"
)
KEEP = r"(?:retain|keep|preserv|maintain|recover|achiev|reach|match|attain)(?:es|e|ed|s|ing)?"
GAIN = r"(?:gains?|improvements?|increases?|boosts?|leaps?|rise|advantages?|leads?|margins?|jump)"
LOSS = r"(?:reductions?|decreases?|drops?|savings?|declines?|loss|fall|cut|degradations?)"
SPEEDUP = r"(?:speed-?ups?|speed\s+up|accelerations?)"
MEASURE = (
    r"(?:(?:[A-Za-z]+@\d+)|[Aa]ccurac(?:y|ies)|[Pp]recision|[Rr]ecall|F1(?:-score)?|[Ss]cores?|m?AP\d*|m?AR|m?IoU|PQ"
    r"|FID|FVD|BLEU(?:-\d)?|ROUGE(?:-[L\d])?|CIDEr|METEOR|PSNR|SSIM|LPIPS|WER|CER|NDS|AUC|AUROC"
    r"|MOTA|HOTA|EPE|FPS|EM|MAE|RMSE|MSE|BD-rate|perplexity|latency|throughput|Dice"
    r"|(?:(?:error|success|win|resolved?|pass|hit|completion|collision)\s+rate)"
    r"|success|exact\s+match)"
)
COST = (
    r"(?:parameters?|computations?|compute|costs?|FLOP[sS]|memory|(?:\w+\s)?time|size|latency"
    r"|energy|tokens?|data|labels|annotations?|samples)"
)
OUTCOME = re.compile(
    rf"\b(?:{RISE}|{FALL}|{BEAT}|{TRAIL}|{REACH}|{KEEP}|{GAIN}|{LOSS}|{SPEEDUP}|faster"
    rf"|slower|higher|better|state-of-the-art|performance|accuracy|falls?|drops?|rises?)\b",
    re.IGNORECASE,
)

# --- Phrases -------------------------------------------------------------------------------

_DETERMINER = re.compile(
    r"^(?:(?:the|an?|its|their|our|this|these|of|both|terms\s+of|even|[Ii]n\s+terms\s+of|overall\s"
    r"(?=average))\s+|(?:the\s+|our\s+)?model['’]s\s+|challenging\s+)+",
    re.IGNORECASE,
)
VERBS = (
    rf"(?:(?:{RISE}|{FALL}|{BEAT}|{TRAIL}|{REACH}|{KEEP})\b|(?:also|even|further|thus|still"
    r"|then|it|we|they|is|are|was|were|has|have|can|sets|shows?|needs|runs|requires|matches|makes|report\w*"
    r"|demonstrat\w+|generali[sz]es|leads|falls?|drops?|rises?|achiev\w+|narrows?|leaves|gains"
    r"|up|on\s+par|competitive|comparable|establish\w*|approach\w*|outpac\w+|exhibit\w*)\b)"
)
_NAME_ITEM = r"(?:the\s+)?[A-Z][\w@+./-]*(?:\s[A-Z\d][\w@+./-]*){0,3}"
STOP = re.compile(
    rf"""
    [;:()—]|\.\d+\s+[A-Z]|\s[-–]+\s|\.(?:\s|$)|\.$
  | ,(?!\d)(?!\s(?:and\s)?{_NAME_ITEM}(?:,|\sand\s|\.?$|\srespectively
      |\s(?:when|with|using|by|while|under|for|at)\b))
  | \s(?:while|whereas|which|that|who|with|through|among|amongst|compared|relative|using
      |(?<!area\s)under|v/s|by|via|without|but|when|thanks|at|from|than|against|after
      |(?<!such\s)as|where|to|within|respectively
      |during|between|thereby|despite|versus|vs|is|are|was|were|above|below|beyond|if|because
      |since|only|in\s+(?:early\s+|late\s+)?(?:19|20)\d\d|outperform\w*|surpass\w*
      |exceed\w*|beat\w*|achiev\w*|reach\w*|on\s+average
      |in\s+comparison|even|over(?=\s+(?:the\s+)?(?:other|prior|previous
      |existing|general|baselines?|state|current|strong|vanilla|standard|best|its|their)\b)
      |and(?=\s(?:\W?\d(?!D)|\w+ly\s|(?:of|in|for|at|from|to)\s|an?\s|up\s+to|by\s|{VERBS})))\b
    """,
    re.VERBOSE,
)
PREPOSITION = re.compile(r"\s*,?\s*(?:in\s+terms\s+of|on|in|across|over|for|of)\s+")
RIVAL_LIKE = re.compile(
    r"(?:(?:general|prior|previous|existing|other|baselines?|current|its|their|competing|strong"
    r"|standard|vanilla|original|state-of-the-art|open-source|second-best|best|strongest|leading"
    r"|predecessors?)\b|.*\b(?:baselines?|methods?|models?|approach(?:es)?|counterparts?|results"
    r"|predecessors?|works)\b)"
)
GENERIC_MEASURE = re.compile(
    r"(?:an?\s+)?(?:new\s+)?(?:overall\s+|average\s+)?(?:scores?|results?)$"
)


def phrase_of(text: str) -> str:
    """Cut a text where its first phrase ends, and drop determiners at its start."""
    stop = STOP.search(text)
    return tidy(text[: stop.start()] if stop else text)


def tidy(phrase: str) -> str:
    """Drop determiners and marks around a phrase; empty where nothing measurable is left."""
    short = _DETERMINER.sub("", phrase.strip(" ,.;:()'-"))
    short = _LOOSE_END.sub("", short).strip(" ,")
    return "" if _EMPTY.fullmatch(short) else short


_LOOSE_END = re.compile(r"(?:\s+(?:in|on|of|for|the|an?|with|and|or|to|by|at|from|over))+$")
_EMPTY = re.compile(
    r"|(?:some|most|many|all|both)\s+cases.*|(?:absolute|relative)\s+(?:terms|gains?)"
    r"|(?:under|less|only|about)\b.*|it|them|us|that|which|and|average|total|general|all|respectively|performance\s+of"
    r"|this\s+way|practice|addition|part|some\s+cases|turn|the|best|results?|others?|ours?",
    re.IGNORECASE,
)


def tail_of(after: str) -> str:
    """Read `on X`, `in X` or the like right behind a place; empty where nothing of it is there.

    `over` leads to a benchmark or to a rival, and a rival is skipped.
    """
    found = PREPOSITION.match(_past_rival(after))
    rest = _past_rival(after)[found.end() :] if found else ""
    phrase = phrase_of(rest)
    rival = re.search(r"\sover\s+(?P<what>.+)", phrase)
    if rival and (not _COUNTED.search(rival["what"]) or RIVAL_LIKE.match(rival["what"])):
        phrase = phrase[: rival.start()]
    return without_kind(phrase)


def _past_rival(after: str) -> str:
    """Skip `over Y` where Y is no benchmark."""
    found = _OVER.match(after)
    if not found or (_COUNTED.search(found["what"]) and not RIVAL_LIKE.match(found["what"])):
        return after
    return after[found.end() :]


_OVER = re.compile(
    r"\s+over\s+(?P<what>(?:the\s+(?:\w+\s+)?state\s+of\s+the\s+art\b)?(?:(?!\s(?:on|in|across|for|of|that|which|who)\s)[^,;:()])*)"
)
_COUNTED = re.compile(r"benchmark|dataset|task|^\d")


def without_kind(phrase: str) -> str:
    """Leave `benchmark` out after a single name: `MMMU benchmark` is `MMMU`."""
    found = re.fullmatch(r"([\w.+/-]*[A-Z][\w.+/-]*)\s+(?:benchmarks?|datasets?)", phrase)
    return found[1] if found else phrase


def is_place(phrase: str) -> bool:
    """Say whether a phrase names a benchmark or tells of benchmarks."""
    kinds = r"\b(?:benchmarks?|datasets?|tasks?|subset|split|test|sets?|suite)\b"
    return bool(re.search(kinds, phrase) or any(mentions(f"on {phrase}")))


def with_tail(metric: str, tail: str, after: str) -> str:
    """Join a metric and the `on X` behind its number as the sentence has it."""
    found = PREPOSITION.match(_past_rival(after))
    if not tail or not found:
        return metric
    word = found[0].strip(" ,")
    return f"{metric} {word} {tail}" if metric and word != "in terms of" else (metric or tail)


_FRONT = re.compile(
    r"^(?:(?:Specifically|Notably|In\s+particular|For\s+example|Moreover|Remarkably|In\s+addition"
    r"|Furthermore|Finally|Meanwhile|Also),\s+)?(?:[Oo]n|[Ff]or|[Ii]n|[Aa]cross)\s+"
    r"(?P<phrase>[^,;:()\d][^,;:()]{1,70}?)(?P<more>,\s+an?\s+[^,]{3,80})?,\s"
)
_SHOWN = re.compile(
    r"^(?:(?:Extensive\s+|Our\s+)?[Ee]xperiments?|Results|Evaluations?)\s+on\s+(?P<phrase>[^,;:()]{2,60}?)"
    r"\s+(?:show|demonstrate|indicate|confirm|reveal|validate)"
)


def opening(text: str) -> str:
    """Read the benchmark or task that a sentence opens with; empty where it opens otherwise."""
    found = _FRONT.match(text) or _SHOWN.match(text)
    if not found:
        return ""
    phrase = tidy(found["phrase"])
    known = is_place(phrase) and not re.search(
        r"\b(?:this|work|experiments?|study|we|it|our|they|show|achieve)\b", phrase
    )
    return without_kind(phrase) if known and not re.search(r"\bcompar", phrase) else ""
