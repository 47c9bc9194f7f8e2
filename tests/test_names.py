from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.names import Name, forms_in, parse_name, variants


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("FooNet3", ("foonet", (3,), "")),
        ("FooNet 3", ("foonet", (3,), "")),
        ("FooNet3.0", ("foonet", (3,), "")),
        ("FooNet-3", ("foonet", (3,), "")),
        ("FooNet 2.5", ("foonet", (2, 5), "")),
        ("FooNet 0", ("foonet", (0,), "")),
        ("FooNet v2", ("foonet", (2,), "")),
        ("FNv4", ("fn", (4,), "")),
        ("Foo Net II", ("foo net", (2,), "")),
        ("FooNet-III", ("foonet", (3,), "")),
        ("FooNet++", ("foonet", (), "++")),
        ("FooNet-Pro", ("foonet", (), "pro")),
        ("FooNet-78B", ("foonet", (), "78b")),
        ("FooNet3-78B", ("foonet", (3,), "78b")),
        ("FooNet2.5-VL-7B", ("foonet", (2, 5), "vl-7b")),
        ("Foo 3.5 Sonata", ("foo", (3, 5), "sonata")),
        ("Foo-4o", ("foo", (4,), "o")),
        ("FooBench400K", ("foobench", (), "400k")),
        ("word2net", ("word2net", (), "")),
        ("FP8 Grouped Thing", ("fp8 grouped thing", (), "")),
        ("MATH-500", ("math-500", (), "")),
        ("3D", ("3d", (), "")),
        (" Foo\nNet ", ("foo net", (), "")),
        ("", ("", (), "")),
    ],
)
def test_parse_name(name: str, parts: tuple[str, tuple[int, ...], str]) -> None:
    assert parse_name(name) == Name(*parts)


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("FooNet 2.5", ["FooNet 2.5", "FooNet2.5"]),
        ("FooNet3", ["FooNet3", "FooNet 3"]),
        ("FooNet v2", ["FooNet v2", "FooNetv2"]),
        ("FooNet3-78B", ["FooNet3-78B", "FooNet 3-78B"]),
        ("FooNet-78B", ["FooNet-78B"]),
        ("FooNet-3", ["FooNet-3"]),
        ("Foo-S1", ["Foo-S1"]),
        ("Conv 2", ["Conv 2"]),
        ("Foo Project V2", ["Foo Project V2"]),
        ("Foo 3.5 Sonata", ["Foo 3.5 Sonata"]),
        ("FooNet", ["FooNet"]),
    ],
)
def test_variants(name: str, forms: list[str]) -> None:
    assert variants(name) == forms


@given(st.one_of(st.text(), st.from_regex(r"[A-Z][a-z]{1,5}[ -]?v?\d\.\d(-\d+B)?", fullmatch=True)))
@settings(deadline=None)
def test_variants_are_one_name(name: str) -> None:
    forms = variants(name)
    assert forms[0] == name
    assert {parse_name(form) for form in forms} == {parse_name(name)}


def test_forms_in_a_text() -> None:
    text = "FooNet3.0 and FooNet-3 are FooNet 3, but FooNet3.1, FooNet33 and BarFooNet3 are not."
    assert forms_in("FooNet3", text) == ["FooNet3.0", "FooNet-3", "FooNet 3"]
    assert forms_in("FooNet", text) == []
