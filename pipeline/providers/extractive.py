"""The engine without a model: it copies sentences, chosen by position and cue words.

A field stays empty when no sentence fits. It answers the same prompts with the same schemas.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from pipeline.errors import AnswerError
from pipeline.providers.base import Completion, Request
from pipeline.schemas import PaperSummaryReply, SentenceClaim
from pipeline.text import strip_lead_in
from pipeline.untrusted import order

_OWN = (
    r"\b(?:we|this (?:paper|work|study|report|article|survey)) (?:\w+ly |also |further |thus |"
    r"therefore |first |then |hence )?"
)
_MAKES = (
    r"(?:introduc|present|propos|develop|launch|describ|stud(?:y|ies)|explor|investigat|review|"
    r"provid|design|construct|releas|build|formaliz|collect|make|aim)\w*\b"
)
_MAIN = re.compile(_OWN + _MAKES, re.IGNORECASE)
_OWN_WORK = re.compile(r"\b(?:we|this (?:paper|work|study|report)) \w+", re.IGNORECASE)
_PROBLEM = re.compile(
    r"\b(?:however|but|yet|despite|although|while|challeng\w*|limit(?:s|ed|ation|ations|ing)|lack\w*|"
    r"suffer\w*|struggl\w*|fail\w*|difficult\w*|remain\w*|costly|expensive|insufficien\w*|scarc\w*|"
    r"issue|problem|bottleneck|hinder\w*|unclear|underexplored|unexplored)\b",
    re.IGNORECASE,
)
_APPROACH = re.compile(
    r"\b(?:specifically|by (?:\w+ly )?\w+ing|consist\w*|compris\w*|incorporat\w*|integrat\w*|"
    r"leverag\w*|employ\w*|combin\w*|stages?|mechanism|module|pipeline|strategy|architecture|"
    r"framework|algorithm|we (?:use|train|design|modify|adopt|utilize|collect|divide|explore))\b",
    re.IGNORECASE,
)
_RESULT = re.compile(
    r"\b(?:outperform\w*|surpass\w*|achiev\w*|state-of-the-art|experiments?|results|improv\w*|"
    r"demonstrat\w*|reach\w*|scores?|gains?|accuracy|speedup|competitive|effectiveness|narrows|"
    r"obtain\w*|exceed\w*)\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(
    r"(?<![\w.-])[+-]?(?:\d+(?:[.,]\d+)*\s?(?:%|×|x\b|points?\b|times\b)|\d+\.\d+|\d{2,})(?![\w-])"
)
_DANGLING = re.compile(r"(?:they|it|these|this|those|such)\b", re.IGNORECASE)
_LIMIT = re.compile(
    r"\b(?:our (?:\w+ )?(?:method|approach|model|system|study|evaluation|work) "
    r"(?:does not|cannot|is limited|still|remains)|limitations? of (?:our|this|the)|we leave|"
    r"left for future|(?:does|do|did) not (?:yet )?"
    r"(?:cover|test|handle|support|evaluate|include|address|extend)|"
    r"we did not|remains? (?:open|to be)|not (?:been )?(?:tested|evaluated)|"
    r"only (?:tested|evaluated)|still (?:fails?|falls? short|struggles?|confuses?))\b",
    re.IGNORECASE,
)
_ARTEFACT = re.compile(
    r"\b(?:code|models?|data|datasets?|weights|checkpoints?|benchmarks?|demo|toolkit|project|"
    r"repository|corpus|resources?|page|website)\b",
    re.IGNORECASE,
)
_RELEASE = re.compile(
    r"\b(?:availabl\w*|releas(?:ed?|ing)|made public|publicly|are public|is public|"
    r"(?:we|will|shall) (?:\w+ )?open-source|open-sourced)\b|https?://",
    re.IGNORECASE,
)


class ExtractiveProvider:
    """Fills the schema of `paper_summary` with the source's own sentences."""

    engine = "extractive 1"
    model: str | None = None
    requests = 0

    async def complete(self, request: Request) -> Completion:
        """Answer without a call; usage is None because nothing was sent."""
        if request.prompt.reply is not PaperSummaryReply:
            raise AnswerError(f"the extractive engine has no answer to {request.prompt.name}")
        readable = ["" if order(sentence) else sentence for sentence in request.sentences]
        return Completion(summarise(readable).model_dump_json(), None)

    async def aclose(self) -> None:
        """Nothing to close."""


class _Choice:
    """Numbered sentences of which each is given out once."""

    def __init__(self, sentences: Iterable[str]) -> None:
        self._free = dict(enumerate(sentences, start=1))

    def take(
        self, fits: Callable[[str], object], *, after: int = 0, before: int | None = None
    ) -> list[SentenceClaim]:
        """Give out the first free sentence between two numbers, both exclusive, that fits."""
        for number, sentence in self._free.items():
            if after < number and (before is None or number < before) and fits(sentence):
                del self._free[number]
                return [SentenceClaim(text=strip_lead_in(sentence), sentences=[number])]
        return []


def summarise(sentences: Iterable[str]) -> PaperSummaryReply:
    """Choose at most one sentence for each field; only the TL;DR is a contribution as well."""
    choice = _Choice(sentences)
    main = choice.take(lambda s: _MAIN.search(s) and not _is_release(s))
    main = main or choice.take(lambda s: _OWN_WORK.search(s) and not _is_release(s))
    at = main[0].sentences[0] if main else None
    after = at or 0
    artefacts = choice.take(_is_release)
    limitations = choice.take(_LIMIT.search, after=after)
    results = choice.take(lambda s: _RESULT.search(s) and _FIGURE.search(s), after=after)
    results = results or choice.take(
        lambda s: _RESULT.search(s) and not _MAIN.search(s), after=after
    )
    problem = choice.take(lambda s: _PROBLEM.search(s) and not _DANGLING.match(s), before=at)
    problem = problem or choice.take(_PROBLEM.search, before=at)
    contributions = choice.take(_MAIN.search, after=after)
    approach = choice.take(lambda s: _APPROACH.search(s) and not _RESULT.search(s), after=after)
    return PaperSummaryReply(
        tldr=main[0] if main else None,
        problem=problem,
        approach=approach,
        results=results,
        contributions=main + contributions,
        limitations=limitations,
        artefacts=artefacts,
    )


def _is_release(sentence: str) -> bool:
    return bool(_ARTEFACT.search(sentence)) and bool(_RELEASE.search(sentence))
