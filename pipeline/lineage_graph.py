"""The graph of which work rests on which, by code, from the papers' own words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from pipeline.chunking import Sentence
from pipeline.facts import evidence
from pipeline.lineage_clauses import ANCESTRY, RelationType
from pipeline.lineage_cues import may_state, shows
from pipeline.lineage_kin import DISAGREE, Guess, guesses
from pipeline.lineage_members import Heard, Member, family_stems, hear, kin
from pipeline.lineage_names import Index
from pipeline.lineage_order import (
    When,
    assert_acyclic,
    ordered,
    refused,
    without_circles,
)
from pipeline.lineage_sheet import GraphEdge, GraphNode, GraphSheet, RefusedEdge
from pipeline.mentions import Mention, mentions, name_key
from pipeline.sheets import Evidence
from pipeline.text import slug
from pipeline.wording import readable

__all__ = ["Member", "Proposal", "build_graph", "link", "unread"]

AMBIGUOUS = "several papers go by this name, and neither dates nor authors tell which is meant"
_MANY = 1 << 16  # works of a library, each of which is asked for several times
_MOST_QUOTES = 3  # sentences kept as evidence of one edge


Works = dict[tuple[str, str], str]  # label by key and size


class _Said(NamedTuple):
    """A relation that a sentence of a paper states; `targets` are papers, none for other works."""

    source: str
    type: RelationType
    name: Mention
    targets: tuple[str, ...]
    place: Evidence


class Proposal(NamedTuple):
    """A relation that a model read in a sentence of a paper; `name` is the work that it names."""

    source: str
    type: RelationType
    name: str
    sentence: Sentence


def build_graph(members: Iterable[Member], proposals: Iterable[Proposal] = ()) -> GraphSheet:
    """Link papers to the works they name; see docs/lineage.md for the rules.

    The order of the members does not matter. Their ids must be distinct. A proposal is taken only
    if its sentence names the work and has a cue of the relation; the dates then decide as for
    every other edge, and no edge of the code's own depends on one.
    """
    return link(Index(members), proposals)


def link(index: Index, proposals: Iterable[Proposal] = ()) -> GraphSheet:
    """Link the papers of an index, and note among its words what they state."""
    papers = list(index.members.values())
    own = list(_said(index))
    said = [*own, *_added(own, sorted(proposals), index)]
    data = {key for words in index.words.values() for key in words.data}
    works = _works(said)
    edges, unclear = _stated_edges([_placed(one, data, index) for one in said], works)
    dates = {member.id: When(member.date, member.year_inferred) for member in papers}
    edges, out = ordered(edges, dates)
    inferred, odd = _inferred(list(guesses(index)), edges, index)
    stated_too = {(one.source, one.target) for one in out}
    odd = [one for one in odd if (one.source, one.target) not in stated_too]
    edges, circles = without_circles([*edges, *inferred], dates)
    assert_acyclic(edges)
    return GraphSheet(
        nodes=[*_papers(papers), *_externals(works, edges)],
        edges=sorted(edges, key=_order),
        refused=sorted([*unclear, *out, *odd, *circles], key=_order),
        undated=[member.id for member in papers if member.date is None],
    )


def _order(edge: GraphEdge | RefusedEdge) -> tuple[str, str, str]:
    return edge.source, edge.target, edge.type


# --- What texts state ----------------------------------------------------------------------


def _said(index: Index) -> Iterator[_Said]:
    """List the relations that the sentences of all papers state."""
    for member in index.members.values():
        for one in _heard(member, index).said:
            if not (one.plural and index.is_line(one.name)):
                name = index.known_as(one.name)
                targets = tuple(index.meant(member, name))
                yield _Said(member.id, one.type, name, targets, one.place)


def _heard(member: Member, index: Index) -> Heard:
    words, own = index.words[member.id], index.keys[member.id]
    if words.heard is not None and words.heard.holds(own, index.known):
        return words.heard
    heard = hear(member, own, index.known)
    index.words[member.id] = words._replace(heard=heard)
    return heard


def _added(own: Sequence[_Said], proposals: Iterable[Proposal], index: Index) -> Iterator[_Said]:
    """List what proposals add to what the code read, as far as their sentences show it."""
    told = {(one.source, one.name.key) for one in own}
    for one in proposals:
        text = readable(one.sentence.quote)
        name = _named(text, one.name)
        member = index.members.get(one.source)
        if name is None or member is None or one.sentence not in member.sentences:
            continue
        unfit = name.key in index.keys[one.source] or (one.source, name.key) in told
        if not unfit and shows(text, one.type) and not index.is_line(name):
            known = index.known_as(name)
            targets = tuple(index.meant(member, known))
            yield _Said(one.source, one.type, known, targets, evidence(one.sentence))


def _named(text: str, written: str) -> Mention | None:
    """Find a name in a readable sentence, however it is written there."""
    key = name_key(written)[0]
    return next((name for name in mentions(text) if name.key == key), None)


def unread(member: Member, graph: GraphSheet) -> bool:
    """Say whether a paper has a sentence that may state a relation of which the graph has none."""
    own = frozenset(name_key(name)[0] for name in member.names)
    quoted = {
        place.quote for edge in graph.edges if edge.source == member.id for place in edge.evidence
    }
    return any(
        sentence.quote not in quoted and may_state(readable(sentence.quote), own)
        for sentence in member.sentences
    )


def _placed(said: _Said, data: set[str], index: Index) -> _Said:
    """Make what is said to rest on a benchmark a use of it, other versions of it apart."""
    if said.type not in ANCESTRY or said.name.key not in data:
        return said
    stem = kin(said.name.text).stem
    akin = any(kin(name).stem == stem for name in index.names[said.source])
    return said if akin else said._replace(type="uses")


def _stated_edges(said: Sequence[_Said], works: Works) -> tuple[list[GraphEdge], list[RefusedEdge]]:
    """Merge what is said into one edge per pair and type, and part off what is ambiguous."""
    found: dict[tuple[str, str, RelationType], list[Evidence]] = {}
    unclear: set[tuple[str, str, RelationType]] = set()
    for one in said:
        for target in one.targets or (_external_id(one.name, works),):
            at = (one.source, target, one.type)
            places = found.setdefault(at, [])
            if one.place not in places:
                places.append(one.place)
            if len(one.targets) > 1:
                unclear.add(at)
    edges = [
        GraphEdge(
            source=source,
            target=target,
            type=kind,
            basis="stated",
            evidence=places[:_MOST_QUOTES],
            signs=[],
        )
        for (source, target, kind), places in found.items()
    ]
    clear = [edge for edge in edges if _order(edge) not in unclear]
    return clear, [refused(edge, AMBIGUOUS) for edge in edges if _order(edge) in unclear]


# --- What only signs suggest ---------------------------------------------------------------


def _inferred(
    found: Sequence[Guess], edges: Sequence[GraphEdge], index: Index
) -> tuple[list[GraphEdge], list[RefusedEdge]]:
    """Return the guesses that no statement makes needless, and those that dates contradict."""
    guessed = {guess.source for guess in found}
    told = {
        edge.source
        for edge in edges
        if edge.source in guessed
        and edge.type in (*ANCESTRY, "uses")
        and _stems(edge.source, index) & _stems(edge.target, index)
    }
    drawn: dict[tuple[str, str], GraphEdge] = {}
    odd: dict[tuple[str, str], RefusedEdge] = {}
    for guess in found:
        if guess.source in told:
            continue
        edge = GraphEdge(
            source=guess.source,
            target=guess.target,
            type=guess.type,
            basis="inferred",
            evidence=list(guess.evidence),
            signs=list(guess.signs),
        )
        pair = (guess.source, guess.target)
        if guess.signs:
            drawn.setdefault(pair, edge)
        else:
            odd.setdefault(pair, refused(edge, DISAGREE))
    return list(drawn.values()), list(odd.values())


def _stems(node: str, index: Index) -> frozenset[str]:
    return family_stems(index.names.get(node, ()))


# --- Nodes ---------------------------------------------------------------------------------


def _papers(papers: Sequence[Member]) -> list[GraphNode]:
    return [
        GraphNode(id=one.id, label=one.label, kind="paper", paper=one.id, date=one.date)
        for one in papers
    ]


def _works(said: Sequence[_Said]) -> Works:
    """Map works that no paper owns to how they are written.

    Sizes of a work are one with it where it is named without a size, and else apart.
    """
    names = [one.name for one in said if not one.targets]
    plain = {name.key for name in names if not name.size}
    written: dict[tuple[str, str], set[tuple[bool, int, str]]] = {}
    for name in names:
        work = (name.key, "" if name.key in plain else name.size)
        form = (bool(name.size), len(name.text), name.text)
        written.setdefault(work, set()).add(form)
    return {work: min(forms)[2] for work, forms in sorted(written.items())}


def _external_id(name: Mention, works: Works) -> str:
    """Return the id of a work that no document describes."""
    whole = (name.key, "")
    work = whole if whole in works else (name.key, name.size)
    return _id_of(work, works[work])


@lru_cache(maxsize=_MANY)
def _id_of(work: tuple[str, str], label: str) -> str:
    """Return the id of a work: its slug, and a hash, as slugs may coincide."""
    digest = sha256("|".join(work).encode()).hexdigest()[:6]
    return f"external:{slug(label, 40) or 'x'}-{digest}"


def _externals(works: Works, edges: Sequence[GraphEdge]) -> list[GraphNode]:
    used = {edge.target for edge in edges}
    ids = {_id_of(work, label): label for work, label in works.items()}
    return [
        GraphNode(id=id_, label=ids[id_], kind="external", paper=None, date=None)
        for id_ in sorted(ids)
        if id_ in used
    ]
