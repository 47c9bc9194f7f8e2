"""A figure is said of what the evidence gives it for."""

from __future__ import annotations

import pytest

from pipeline.labels import relabelled, well_placed

TWO = "Quill reaches 81.2% on DocA and 74.5% on DocB."
RIVAL = "The accuracy of Quill is 81.2%, that of Rook 74.5%."
TURN = "On DocA and DocB it reaches 71.4% and 68.9%, respectively, with 43% fewer calls."
CONTROL = "62% of them followed, compared with 35% in the group without explanations."


@pytest.mark.parametrize(
    ("claim", "evidence", "moved"),
    [
        ("Quill reaches 81.2% on DocB.", TWO, ["81.2%"]),
        ("On DocA, Quill reaches 74.5%.", TWO, ["74.5%"]),
        ("On DocB Quill gets 81.2% and on DocA 74.5%.", TWO, ["81.2%", "74.5%"]),
        ("Rook has an accuracy of 81.2%.", RIVAL, ["81.2%"]),
        ("It reaches 71.4% on DocB.", TURN, ["71.4%"]),
        ("Without explanations, 62% followed.", CONTROL, ["62%"]),
    ],
)
def test_a_figure_of_another_name_is_found(claim: str, evidence: str, moved: list[str]) -> None:
    assert [token for token, _ in relabelled(claim, evidence)] == moved


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        (TWO, TWO),
        ("On DocB, Quill gets 74.5%, and on DocA 81.2%.", TWO),
        ("Quill reaches 81% on DocA.", TWO),
        ("Rook is 74.5% accurate, Quill 81.2%.", RIVAL),
        ("It reaches 68.9% on DocB with 43% fewer calls.", TURN),
        ("62% of those who saw explanations followed.", CONTROL),
        ("The set has 27 ships and 3,120 photos.", "It has 3,120 photos from 27 ships."),
    ],
)
def test_a_figure_in_its_place_is_left_alone(claim: str, evidence: str) -> None:
    assert relabelled(claim, evidence) == ()


def test_the_message_names_the_figure_that_belongs_there() -> None:
    ((_, message),) = relabelled("Quill reaches 81.2% on DocB.", TWO)
    assert message.startswith("The evidence gives 74.5%, not 81.2%,")


def test_names_that_stand_with_their_figures_are_well_placed() -> None:
    assert {"doca", "docb"} <= well_placed("On DocB 74.5%, on DocA 81.2%.", TWO)
    assert "docb" not in well_placed("On DocB 81.2%.", TWO)
