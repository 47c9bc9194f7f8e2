from __future__ import annotations

from typing import Any

from pipeline.report.basis_view import BasisView, Paper, basis_view
from pipeline.report.html import briefing_html, digest_html, lineage_html, paper_html
from pipeline.sheets import Claim
from tests.briefing_sheets import author
from tests.digest_sheets import week
from tests.lineage_sheets import six
from tests.page_sheets import claim, sheet, summary
from tests.test_html import Page

QUOTE = "HushKettle lowers the noise by 12.5 dB in nine kitchens."
ALL = (
    "Passed: evidence located, numbers, names, order of comparisons, direction, words shared with"
    " the evidence."
)


def link(id_: str) -> tuple[str, str] | None:
    return (id_.title(), f"papers/{id_}") if id_ != "gone" else None


def view(*claims: Claim, judged: bool = False) -> BasisView:
    numbered = [one.model_copy(update={"id": str(n)}) for n, one in enumerate(claims)]
    found = basis_view([("results", one) for one in numbered], link, judged=judged)
    assert found
    return found


def derived(text: str, **changes: Any) -> Claim:
    return claim(text, "derived", "model", quote=QUOTE).model_copy(update=changes)


def computed(**data: Any) -> Claim:
    return claim("2 papers.", "computed", "computed").model_copy(update={"data": data})


def test_words_of_a_source_need_nothing_behind_them() -> None:
    assert basis_view([("results", claim("Kettles hush."))], link, judged=True) is None


def test_a_reworded_claim_has_passed_all_checks() -> None:
    (one,) = view(derived("It lowers the noise by 12.5 dB.")).checked
    assert (one.how, one.passed) == ("reworded by the model", ALL)
    assert view(derived("It lowers the noise by 12.5 dB."), judged=True).checked[0].passed == ALL


def test_what_a_judge_overruled_is_said() -> None:
    (one,) = view(derived("It raises the noise by 12.5 dB."), judged=True).checked
    assert one.passed == (
        "Passed: evidence located, numbers, names, order of comparisons, words shared with the"
        " evidence. A judge let it stand against: direction."
    )


def test_of_what_is_too_long_to_be_tried_only_the_sure_is_said() -> None:
    (one,) = view(derived("It lowers the noise. " * 60), judged=True).checked
    assert one.passed == "Passed: evidence located, numbers, names."


def test_a_person_stands_for_what_they_worded() -> None:
    (one,) = view(derived("It hushes.", origin="reviewer")).checked
    assert (one.how, one.passed) == ("worded by a reviewer", "A person stands for it.")


def test_what_a_person_overruled_is_said_whoever_worded_the_claim() -> None:
    broken = derived("It raises the noise by 12.5 dB.", overruled=["order", "direction"])
    said = (
        "Passed: evidence located, numbers, names, words shared with the evidence."
        " A person overruled: order of comparisons and direction."
    )
    for judged in (False, True):
        (one,) = view(broken, judged=judged).checked
        assert one.passed == said
    (own,) = view(derived("It hushes.", origin="reviewer", overruled=["numbers"])).checked
    assert own.passed == "A person stands for it. A person overruled: numbers."


def test_a_computed_claim_shows_figures_and_the_papers_counted() -> None:
    (one,) = view(computed(papers=["urns", "gone", "pans"], new="2", terms=["tea", "milk"])).counted
    assert one.figures == [("new", "2"), ("terms", "tea, milk")]
    assert one.number == "3 papers counted"
    assert one.papers == [Paper("Urns", "papers/urns"), Paper("Pans", "papers/pans")]
    assert one.more == 1


def test_long_lists_are_cut_and_said_to_be() -> None:
    many = [f"p{n}" for n in range(40)]
    (one,) = view(computed(papers=many, terms=many)).counted
    assert (len(one.papers), one.more) == (12, 28)
    assert one.figures[0][1].endswith("p11 and 28 more")


def test_claims_are_counted_and_stand_once() -> None:
    twice = [("a", derived("It hushes.")), ("b", derived("It hushes."))]
    found = basis_view(twice, link, judged=False)
    assert found
    assert len(found.checked) == 1
    assert found.summary == "1 reworded"
    assert view(computed(), derived("It hushes.")).summary == "1 reworded, 1 computed"


def test_every_page_leads_from_a_label_to_what_stands_behind() -> None:
    given = summary(derived("It lowers the noise by 12.5 dB.", id="abc"))
    pages = [paper_html(sheet(given)), lineage_html(six()), digest_html(week())]
    for html in [*pages, briefing_html(author())]:
        page = Page(html)
        targets = [href[1:] for href in page.values("href") if href.startswith("#b")]
        assert set(targets) <= set(page.values("id"))
        assert len(page.values("id")) == len(set(page.values("id")))
        assert "Checks and counts: " in page.words
    assert "#babc" in Page(pages[0]).values("href")
    assert "Passed: evidence located" in Page(pages[0]).words
