"""Which sentence goes where: the fitted figures say how likely, the cues say what may not be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from pipeline.providers.extractive.features import tokens
from pipeline.providers.extractive.ranker import worth
from pipeline.providers.extractive.roles import BACKGROUND, METHOD, OBJECTIVE, RESULT, roles
from pipeline.schemas import PaperSummaryReply, SentenceClaim
from pipeline.text import strip_lead_in

OPENING = 16
"""A paper says what it is in its first so many sentences; the weights were fitted on abstracts."""
LEAST_PROBLEM, LEAST_APPROACH, LEAST_RESULT = 0.6, 0.45, 0.5
"""Probabilities of the role below which a field stays empty."""
LEAST_SHOWN = 0.02
"""The same for a result with a measured figure or a word that only results have."""
POINTING, RELEASED, MADE = 0.75, 1.0, 0.15
"""What counts in the TL;DR against pointing back and a release, and for saying what is made.

The ranker's scores of an abstract's sentences spread over about 3.
"""
SHORT = 8
"""Words below which a sentence that opens with a name says too little of it."""
MOST_BACKGROUND = 0.4
"""A release or a limit with more is somebody else's."""

Scored = Iterator[tuple[float, int]]
"""Scores and numbers of the sentences that may fill a field."""

_OWN = (
    r"\b(?:we|this (?:paper|work|study|report|article|survey)) (?:\w+ly |also |further |thus |"
    r"therefore |first |then |hence )?"
)
_MAIN = re.compile(
    _OWN + r"(?:introduc|present|propos|develop|launch|describ|stud(?:y|ies)|explor|investigat|"
    r"review|provid|design|construct|releas|build|formaliz|collect|make|aim)\w*\b",
    re.IGNORECASE,
)
_OWN_WORK = re.compile(
    r"\b(?:we|our|this (?:paper|work|study|report|article|survey)) \w+", re.IGNORECASE
)
_PROBLEM = re.compile(
    r"\b(?:however|but|yet|despite|although|while|challeng\w*|limit(?:s|ed|ation|ations|ing)|lack\w*|"
    r"suffer\w*|struggl\w*|fail\w*|difficult\w*|remain\w*|costly|expensive|insufficien\w*|scarc\w*|"
    r"issue|problem|bottleneck|hinder\w*|unclear|underexplored|unexplored)\b",
    re.IGNORECASE,
)
_PLAIN_PROBLEM = re.compile(
    r"\b(?:too|whereas|cannot|not|no|never|rarely|hard|poor\w*|broken|wrong|slow\w*|errors?|gap|"
    r"mistake\w*|ignor\w*|neglect\w*|overlook\w*|degrad\w*|inefficien\w*|suboptimal|inaccura\w*|"
    r"redundan\w*|bias\w*|only|heavily|requir\w*|unable|prone)\b",
    re.IGNORECASE,
)
_APPROACH = re.compile(
    r"\b(?:specifically|by (?:\w+ly )?\w+ing|consist\w*|compris\w*|incorporat\w*|integrat\w*|"
    r"leverag\w*|employ\w*|combin\w*|stages?|mechanism|module|pipeline|strategy|architecture|"
    r"framework|algorithm|our (?:method|approach|model|system)|we "
    r"(?:use|train|design|modify|adopt|utilize|collect|divide|explore))\b",
    re.IGNORECASE,
)
_RESULT = re.compile(
    r"\b(?:outperform\w*|surpass\w*|achiev\w*|state-of-the-art|experiments?|results?|improv\w*|"
    r"demonstrat\w*|reach\w*|scores?|gains?|accuracy|speedup|competitive|effectiveness|narrows|"
    r"obtain\w*|exceed\w*|we (?:\w+ly |also |further )?(?:show|find|found|observe|prove)|"
    r"shows? that|evaluations?|superior\w*|reduc\w*|faster|better|significant\w*)\b",
    re.IGNORECASE,
)
_STRONG = re.compile(
    r"\b(?:outperform\w*|surpass\w*|exceed\w*|state-of-the-art|superior\w*|new record|"
    r"consistently|competitive)\b",
    re.IGNORECASE,
)
_EVIDENCE = re.compile(
    r"\b(?:experiments?|evaluations?|results|state-of-the-art|outperform\w*|surpass\w*|superior|"
    r"improves|achiev\w*|demonstrat\w*)\b",
    re.IGNORECASE,
)
_FINDS = re.compile(r"\b(?:reveal|show|find|found|demonstrat)\w*", re.IGNORECASE)
# A decimal after a capital is the version of a name, as in "Model 2.5".
_MEASURED = re.compile(
    r"(?<![\w.,-])\d+(?:[.,]\d+)*\s?(?:[%×]|\\%|x\b|-?fold\b|(?:percentage )?points?\b|times\b)"
    r"|(?<![\w.,-])[^A-Z\W]\w* \d+\.\d+(?![\w-])"
)
_POINTS = re.compile(
    r"(?:\(\w+\)|(?:they|it|its|their|these|those|such|both|this|that)\b)"
    r"(?! (?:paper|work|study|report|article|survey)\b)",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"(?:they|it|its|their)\b", re.IGNORECASE)
_POINTS_SOON = re.compile(r"(?:\S+ ){1,4}(?:these|those|such|the opposite|the same|this is)\b")
_ITEM = re.compile(r"\(\w{1,3}\)\s")  # one of a list, cut off from what it lists
_HOPES = re.compile(r"\bwe (?:\w+ly )?(?:hope|believe|expect)\b", re.IGNORECASE)
_AGAINST = re.compile(
    rf"^(?:However|But|Yet|Although|While|Though)\b|{_HOPES.pattern}|^We argue\b", re.IGNORECASE
)
_NAME = re.compile(r"[A-Z][a-z]*[A-Z\d]\w*|[A-Z][a-z]{2,}")
_LIMIT = re.compile(
    r"\b(?:our (?:\w+ )?(?:method|approach|model|system|study|evaluation|work) "
    r"(?:does not|cannot|is limited|still|remains)|limitations? of (?:our|this|the)|we leave|"
    r"left for future|(?:does|do|did) not (?:yet )?"
    r"(?:cover|test|handle|support|evaluate|include|address|extend)|"
    r"we did not|remains? (?:open|to be)|not (?:been )?(?:tested|evaluated)|"
    r"only (?:tested|evaluated)|not be trusted|not yet solved|"
    r"we do not (?:know|recommend)|still (?:fails?|falls? short|struggles?|confuses?)|"
    r"still \w+ (?:poorly|badly)|a limitation|missing altogether|remains? (?:invisible|unsolved)|"
    r"but not for|what is lost is|so it cannot|(?:gain|benefit|effect|advantage|improvement)s? "
    r"(?:disappears?|vanish(?:es)?|(?:is|are) lost)|and no other|"
    r"covers? [A-Z]\w+(?:,? (?:and )?[A-Z]\w+)* only|applies only to|(?:is|are) limited to)\b",
    re.IGNORECASE,
)
_ARTEFACT = re.compile(
    r"\b(?:code|models?|data|datasets?|weights|checkpoints?|benchmarks?|demo|toolkit|project|"
    r"repository|corpus|resources?|page|website|recordings|prompts|logs|labels|scoring|everything)\b",
    re.IGNORECASE,
)
_RELEASE = re.compile(
    r"\b(?:availabl\w*|releas(?:ed?|ing)|made public|publicly|are public|is public|"
    r"(?:we|will|shall) (?:\w+ )?open-source|open-sourced)\b|https?://",
    re.IGNORECASE,
)


def summarise(sentences: Sequence[str]) -> PaperSummaryReply:
    """Choose at most one sentence for each field; only the TL;DR is a contribution as well."""
    choice = _Choice(sentences)
    main = choice.take(choice.main())
    artefacts = choice.take(choice.released())
    at = main[0].sentences[0] if main else 0
    choice.begin(at)
    limitations = choice.take(choice.limits(at))
    results = choice.take(choice.results())
    problem = choice.take(choice.problems(at))
    result_at = results[0].sentences[0] if results else len(sentences) + 1
    approach = choice.take(choice.approaches(at, result_at))
    return PaperSummaryReply(
        tldr=main[0] if main else None,
        problem=problem,
        approach=approach,
        results=results,
        contributions=main + choice.take(choice.further(at)),
        limitations=limitations,
        artefacts=artefacts,
    )


class _Choice:
    """Sentences of which each is given out once; numbers count from 1."""

    def __init__(self, sentences: Sequence[str]) -> None:
        self._all = sentences
        self._opening = sentences[:OPENING]
        self._free = set(range(1, len(sentences) + 1))
        self._roles = roles([tokens(s) for s in self._opening])
        self._worth = worth(self._opening)
        self._since = next(
            (n for n, s in enumerate(self._opening, start=1) if _OWN_WORK.search(s)), OPENING + 1
        )

    def begin(self, main: int) -> None:
        """Let the authors' own work begin with the TL;DR, if nothing before speaks of it."""
        self._since = min(self._since, main or OPENING + 1)

    def take(self, scored: Iterable[tuple[float, int]]) -> list[SentenceClaim]:
        """Give out the free sentence with the highest score, the first of equals."""
        free = [(-score, number) for score, number in scored if number in self._free]
        if not free:
            return []
        number = min(free)[1]
        self._free.remove(number)
        text = strip_lead_in(self._all[number - 1])
        return [SentenceClaim(text=text, sentences=[number])]

    def main(self) -> Scored:
        """Score what may be the TL;DR: own work that makes sense alone."""
        for number, sentence in enumerate(self._opening, start=1):
            shown = strip_lead_in(sentence)
            if _POINTS.match(shown) or _LIMIT.search(shown) or "://" in shown or _ITEM.match(shown):
                continue
            if self._is_own(number):
                made = bool(_MAIN.search(shown)) * MADE
                less = bool(_POINTS_SOON.match(shown)) * POINTING + _is_release(shown) * RELEASED
                yield self._worth[number - 1] + made - less, number

    def _is_own(self, number: int) -> bool:
        """Tell whether a sentence speaks of the authors' work, or opens with its name."""
        sentence = self._opening[number - 1]
        return bool(_OWN_WORK.search(sentence)) or self._is_named(sentence)

    def _is_named(self, sentence: str) -> bool:
        """Tell whether the first word is a name: said again, and never in lower case."""
        name = _NAME.match(sentence)
        if name is None or len(sentence.split()) < SHORT:
            return False
        if any(f" {name[0].lower()}" in s for s in self._opening):
            return False
        return sum(name[0] in s for s in self._all) > 1

    def released(self) -> Scored:
        """Score what says that something can be had; the first such sentence is best."""
        for number, sentence in enumerate(self._all, start=1):
            theirs = self._background(number) >= MOST_BACKGROUND
            ours = "://" in sentence or _OWN_WORK.search(sentence) or not theirs
            if ours and _is_release(sentence):
                yield -number, number

    def limits(self, after: int) -> Scored:
        """Score what says where the work ends; the first such sentence after the TL;DR is best."""
        for number, sentence in enumerate(self._all, start=1):
            ours = number > after and self._background(number) < MOST_BACKGROUND
            if ours and _LIMIT.search(sentence) and not _FINDS.search(sentence):
                yield -number, number

    def _background(self, number: int) -> float:
        return self._roles[number - 1][BACKGROUND] if number <= len(self._roles) else 0.0

    def problems(self, main: int) -> Scored:
        """Score what says that something is wrong or missing, best before the TL;DR."""
        for number, sentence in enumerate(self._opening, start=1):
            own = self._roles[number - 1]
            cue, before = bool(_PROBLEM.search(sentence)), number < main
            sure = own[BACKGROUND] + own[OBJECTIVE] if before else own[BACKGROUND]
            if not main or sure < LEAST_PROBLEM or (number > main and self._is_named(sentence)):
                continue
            if _PRONOUN.match(strip_lead_in(sentence)):
                continue
            if cue or (before and _PLAIN_PROBLEM.search(sentence)):
                contrary = sentence.startswith(("However", "But", "Yet")) / 2
                yield self._standing(sentence) + cue + contrary + sure + 2 * before, number

    def approaches(self, main: int, result: int) -> Scored:
        """Score what says how it is done: near the TL;DR, without a cue before the result."""
        for number, sentence in enumerate(self._opening, start=1):
            own = self._roles[number - 1]
            # What follows the authors' own work is hardly background.
            sure = own[METHOD] / (1 - own[BACKGROUND] + 1e-9)
            if sure < LEAST_APPROACH or number < self._since or _unfit(sentence):
                continue
            cue = _approach_cues(sentence)
            stands = self._standing(sentence)
            if cue > 0 or (cue > -1 and stands and number < result):
                far = abs(number - main) / OPENING
                yield sure + cue / 2 - far + stands / 2, number

    def results(self) -> Scored:
        """Score what says what came out; a measured figure counts for it."""
        for number, sentence in enumerate(self._opening, start=1):
            own = self._roles[number - 1][RESULT]
            figures = min(len(_MEASURED.findall(sentence)), 3)
            strong = bool(_STRONG.search(sentence))
            shown = figures > 0 or strong
            if number < self._since or own < (LEAST_SHOWN if shown else LEAST_RESULT):
                continue
            made = (_MAIN.search(sentence) and not figures) or _LIMIT.search(sentence)
            if not made and not _HOPES.search(sentence) and (shown or _RESULT.search(sentence)):
                measured = (3 + figures) / 4 if figures else 0
                yield own + measured + strong / 2 + self._standing(sentence) / 2, number

    def further(self, after: int) -> Scored:
        """Score what else is made, after the TL;DR."""
        return (
            (-n, n)
            for n, s in enumerate(self._opening, start=1)
            if n > after > 0 and _MAIN.search(s) and not _ITEM.match(s)
        )

    def _standing(self, sentence: str) -> float:
        return 0.0 if _POINTS.match(strip_lead_in(sentence)) else 1.0


def _unfit(sentence: str) -> bool:
    return bool(_AGAINST.search(sentence) or _ITEM.match(sentence) or _LIMIT.search(sentence))


def _is_release(sentence: str) -> bool:
    return bool(_ARTEFACT.search(sentence)) and bool(_RELEASE.search(sentence))


def _approach_cues(sentence: str) -> float:
    """Sum the cues for saying how, less those for saying what was wrong or what came out."""
    own = bool(_OWN_WORK.search(sentence))
    wrong = bool(_PROBLEM.search(sentence)) and not own
    said = bool(_APPROACH.search(sentence)) + bool(_MAIN.search(sentence)) / 2
    detail = sentence.startswith(("Specifically", "Concretely", "In particular")) / 2
    shown = bool(_EVIDENCE.search(sentence)) + bool(_MEASURED.search(sentence)) / 2
    return said + detail - wrong - shown
