"""How names with versions are written, and which ways of writing are one name."""

from __future__ import annotations

import re
from typing import NamedTuple


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
MODEL_SIZE = re.compile(r"a?\d+(?:\.\d+)?b\b")
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


def forms_in(name: str, text: str) -> list[str]:
    """List how the text writes a name that has a version."""
    found = _VERSION.fullmatch(name)
    if not found or len(variants(name)) == 1:
        return []
    stem, mark, version, suffix = map(
        re.escape, (found["stem"], found["mark"] or "", found["version"], found["suffix"])
    )
    pattern = rf"(?<!\w){stem}[ -]?{mark}{version}(?:\.0)?{suffix}(?!\.?\w)"
    return re.findall(pattern, text)
