"""What the checks say about the claims of a reply, kept in the store apart from the reply.

A verdict holds for one version of the rules and one metadata; under others it is worked out anew,
without a call.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

from pydantic import TypeAdapter, ValidationError

from pipeline.grounding import RULES_VERSION, Failure, check_claim
from pipeline.kept import Kept
from pipeline.latex import plain
from pipeline.records import Paper
from pipeline.schemas import SentenceClaim
from pipeline.store import Store
from pipeline.text import strip_lead_in
from pipeline.untrusted import order

Faults = dict[str, list[Failure]]

KIND = "verdict"
MAY_OVERRULE = frozenset({"support", "direction", "order"})  # what a judge may decide otherwise


class Verdict(NamedTuple):
    """The faults of an answer's claims, and whether nothing further has to be asked about them."""

    faults: Faults
    settled: bool


_VERDICT = TypeAdapter(Verdict)


class Verdicts:
    """Verdicts by the key of their answer; what is worked out is written by `save`."""

    def __init__(self, store: Store) -> None:
        self._kept = Kept(store, KIND, _VERDICT)
        self.prime = self._kept.prime
        self.save = self._kept.save

    def of(
        self,
        key: str,
        claims: Mapping[str, SentenceClaim],
        sentences: Sequence[str],
        metadata: str,
    ) -> Faults:
        """Return the faults of an answer's claims by place; a claim without fault has no entry."""
        basis = _basis(metadata)
        known = self._kept.get(key, basis)
        if known is not None:
            return known.faults
        tried = {place: faults(claim, sentences, metadata) for place, claim in claims.items()}
        found = {place: failures for place, failures in tried.items() if failures}
        self._kept.put(key, basis, Verdict(found, settled=False))
        return found

    def settle(self, key: str, metadata: str) -> None:
        """Note that nothing further has to be asked about an answer whose faults were returned."""
        basis = _basis(metadata)
        known = self._kept.get(key, basis)
        if known is not None and not known.settled:
            self._kept.put(key, basis, known._replace(settled=True))


def settled(store: Store, keys: Sequence[str]) -> set[str]:
    """Return the keys of answers about which nothing further has to be asked."""
    return {key for key, row in store.worked_out(KIND, keys).items() if _is_settled(row.value)}


def _is_settled(value: str) -> bool:
    try:
        return _VERDICT.validate_json(value).settled
    except ValidationError:
        return False


def _basis(metadata: str) -> str:
    return sha256(f"{RULES_VERSION}\x1f{metadata}".encode()).hexdigest()[:16]


def faults(claim: SentenceClaim, sentences: Sequence[str], metadata: str) -> list[Failure]:
    """Return what is wrong with a claim: with its sentences, then with its words.

    `sentences` are those that the claim's numbers count, from 1.
    """
    if not plain(claim.text):
        return [Failure("located", "", "The statement is blank.")]
    if not claim.sentences:
        return [Failure("located", "", "The statement cites no sentence.")]
    for number in claim.sentences:
        if not 0 < number <= len(sentences):
            message = f"Sentence {number} does not exist; there are {len(sentences)}."
            return [Failure("located", str(number), message)]
        if words := order(sentences[number - 1]):
            message = f"Sentence {number} is addressed to a language model; nothing may rest on it."
            return [Failure("located", words, message)]
    if is_copy(claim, sentences):
        return []
    return check_claim(claim.text, cited(claim, sentences), metadata)


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
