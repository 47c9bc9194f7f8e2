"""What the checks say about the claims of a reply, kept in the store apart from the reply.

A verdict holds for one version of the rules and one metadata; under others it is worked out anew,
without a call.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

from pydantic import TypeAdapter, ValidationError

from pipeline.grounding import RULES_VERSION, Failure, check_claim
from pipeline.kept import Kept
from pipeline.latex import plain
from pipeline.records import Paper
from pipeline.schemas import SentenceClaim
from pipeline.store import Store, StoredValue
from pipeline.text import strip_lead_in
from pipeline.untrusted import hidden, is_barred

Faults = dict[str, list[Failure]]

KIND = "verdict"
MOST_CHARACTERS = 600  # of a reworded statement; the checks take longer than its length grows
LONGEST_SENTENCE = 3000  # characters; what is longer may be quoted and not reworded
MAY_OVERRULE = frozenset({"support", "direction", "order"})  # what a judge may decide otherwise


class Verdict(NamedTuple):
    """The faults of an answer's claims by place, and what was asked about them since.

    `repaired` and `judged` say that nothing further has to be asked of that kind.
    """

    faults: Faults
    repaired: bool
    judged: bool


_VERDICT = TypeAdapter(Verdict)


class Verdicts:
    """Verdicts by answer and metadata; what is worked out is written by `save`.

    A verdict holds for one version of the rules and for the very claims that were checked.
    """

    def __init__(self, store: Store) -> None:
        self._kept = Kept(store, KIND, _VERDICT)
        self.save = self._kept.save

    def prime(self, answers: Iterable[tuple[str, str]]) -> None:
        """Read the verdicts of many answers at once, each given by its key and the metadata."""
        self._kept.prime([verdict_key(*one) for one in answers])

    def of(
        self,
        answer: str,
        claims: Mapping[str, SentenceClaim],
        sentences: Sequence[str],
        metadata: str,
    ) -> Faults:
        """Return the faults of an answer's claims by place; a claim without fault has no entry."""
        key, basis = verdict_key(answer, metadata), _basis(claims)
        known = self._kept.get(key, basis)
        if known is not None:
            return known.faults
        tried = {place: faults(claim, sentences, metadata) for place, claim in claims.items()}
        found = {place: failures for place, failures in tried.items() if failures}
        self._kept.put(key, basis, Verdict(found, repaired=not found, judged=not found))
        return found

    def settle(
        self, answer: str, claims: Mapping[str, SentenceClaim], metadata: str, *, judged: bool
    ) -> None:
        """Note that an answer's claims went back, and whether a judge was asked where needed."""
        key, basis = verdict_key(answer, metadata), _basis(claims)
        known = self._kept.get(key, basis)
        if known is not None and (known.repaired, known.judged) != (True, known.judged or judged):
            settled = known._replace(repaired=True, judged=known.judged or judged)
            self._kept.put(key, basis, settled)


def settled(store: Store, answers: Mapping[str, str], *, judge: bool) -> set[str]:
    """Return the keys of answers about which no call is left; each is given with its metadata."""
    keys = {verdict_key(answer, metadata): answer for answer, metadata in answers.items()}
    rows = store.worked_out(KIND, list(keys))
    return {keys[key] for key, row in rows.items() if _is_settled(row, judge=judge)}


def _is_settled(row: StoredValue, *, judge: bool) -> bool:
    if not row.basis.startswith(f"{RULES_VERSION}:"):
        return False
    try:
        known = _VERDICT.validate_json(row.value)
    except ValidationError:
        return False
    return known.repaired and (known.judged or not judge)


def verdict_key(answer: str, metadata: str) -> str:
    """Return the key of the verdict on an answer, for a paper of which this is known."""
    return sha256(f"{answer}\x1f{metadata}".encode()).hexdigest()


def _basis(claims: Mapping[str, SentenceClaim]) -> str:
    said = [(place, claim.text, claim.sentences) for place, claim in claims.items()]
    text = json.dumps(said, ensure_ascii=False)
    digest = sha256(text.encode(errors="surrogatepass")).hexdigest()
    return f"{RULES_VERSION}:{digest[:16]}"


def faults(claim: SentenceClaim, sentences: Sequence[str], metadata: str) -> list[Failure]:
    """Return what is wrong with a claim: with its sentences, then with its words.

    `sentences` are those that the claim's numbers count, from 1.
    """
    wrong = _unusable(claim) or _misplaced(claim, sentences)
    if wrong:
        return [Failure("located", "", wrong)]
    if is_copy(claim, sentences):
        return []
    if len(claim.text) > MOST_CHARACTERS:
        message = f"The statement is longer than {MOST_CHARACTERS} characters; one plain sentence."
        return [Failure("located", "", message)]
    return check_claim(claim.text, cited(claim, sentences), metadata)


def _unusable(claim: SentenceClaim) -> str:
    """Say why a claim cannot be printed whatever it rests on; empty where it can."""
    if not plain(claim.text):
        return "The statement is blank."
    if hidden(claim.text):
        return "The statement holds characters that nobody sees."
    return "" if claim.sentences else "The statement cites no sentence."


def _misplaced(claim: SentenceClaim, sentences: Sequence[str]) -> str:
    """Say which sentence a claim must not cite; empty where all may be."""
    for number in claim.sentences:
        if not 0 < number <= len(sentences):
            return f"Sentence {number} does not exist; there are {len(sentences)}."
        if is_barred(sentences, number):
            return f"Sentence {number} is addressed to a language model; nothing may rest on it."
        if len(sentences[number - 1]) > LONGEST_SENTENCE and not is_copy(claim, sentences):
            return f"Sentence {number} is too long to check a rewording of it."
    return ""


def known_of(paper: Paper) -> str:
    """Return what the checks may know of a paper beside its sentences, one item per line."""
    date = paper.date.isoformat() if paper.date else None
    lines = [paper.title, *paper.names, *(paper.authors or ()), date, paper.arxiv_id]
    return "\n".join(line for line in lines if line)


def cited(claim: SentenceClaim, sentences: Sequence[str]) -> list[str]:
    """Return the sentences that a claim cites, each once, in order; its numbers must exist."""
    return [sentences[number - 1] for number in sorted(set(claim.sentences))]


def is_copy(claim: SentenceClaim, sentences: Sequence[str]) -> bool:
    """Say whether a claim is the one sentence that it cites, at most without a fixed lead-in."""
    (first, *others) = cited(claim, sentences)
    return not others and " ".join(claim.text.split()) in {first, strip_lead_in(first)}
