from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.report.cards import card_of
from pipeline.report.data_check import papers_faults
from pipeline.report.data_files import papers_csv
from tests.page_sheets import sheet


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return outputs of two papers whose data hold."""
    (tmp_path / "papers").mkdir()
    sheets = [sheet(id="one"), sheet(id="two")]
    for made in sheets:
        (tmp_path / "papers" / f"{made.paper.id}.json").write_text(made.model_dump_json())
    (tmp_path / "papers.csv").write_bytes(papers_csv(map(card_of, sheets)).encode())
    (tmp_path / "index.html").write_text('<a href="papers.csv">The data</a>')
    return tmp_path


def test_the_data_of_all_papers_hold(root: Path) -> None:
    assert list(papers_faults(root)) == []


def test_a_changed_date_is_found(root: Path) -> None:
    data = root / "papers.csv"
    data.write_bytes(data.read_bytes().replace(b"2031", b"2032", 1))
    expected = "papers.csv says something else; litline run writes it anew"
    assert list(papers_faults(root)) == [expected]


def test_a_paper_that_is_gone_is_found(root: Path) -> None:
    (root / "papers" / "one.json").unlink()
    assert len(list(papers_faults(root))) == 1


def test_data_that_a_page_leads_to_are_missed(root: Path) -> None:
    (root / "papers.csv").unlink()
    assert list(papers_faults(root)) == ["papers.csv is missing"]
    (root / "index.html").write_text("<p>No link.")
    assert list(papers_faults(root)) == []


def test_a_sheet_that_cannot_be_read_is_passed_over(root: Path) -> None:
    (root / "papers" / "odd.json").write_text("{}")
    assert list(papers_faults(root)) == []
