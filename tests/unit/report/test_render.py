"""One page that needs nothing else, readable by a parser, the same bytes for the same retraining."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from riskkit.errors import DataContractError
from riskkit.report.render import write_report

VOID = {"meta", "br", "link", "img", "input", "hr"}


class Page(HTMLParser):
    """Collects what the tests ask for, and checks that every element is closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.addresses: list[str] = []
        self.tags: set[str] = set()
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        values = dict(attrs)
        self.ids += [value for name, value in attrs if name == "id" and value]
        self.addresses += [values[name] or "" for name in ("href", "src", "action", "xlink:href") if name in values]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.fixture(scope="module")
def annual_page(annual_folder: Path) -> str:
    return write_report(annual_folder).read_text(encoding="utf-8")


def test_the_page_is_self_contained(annual_page: str) -> None:
    page = Page(annual_page)
    assert all(address.startswith(("#", "data:image/png;base64,")) for address in page.addresses)
    assert "http" not in annual_page
    assert "@import" not in annual_page
    assert not {"script", "link", "iframe", "object"} & page.tags


def test_every_element_is_closed_and_every_id_is_used_once(annual_page: str) -> None:
    page = Page(annual_page)
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    assert {address[1:] for address in page.addresses if address.startswith("#")} <= set(page.ids)


def test_every_drawing_is_well_formed(annual_page: str) -> None:
    drawings = re.findall(r"<svg .*?</svg>", annual_page, flags=re.DOTALL)
    # 3 a model, 1 beeswarm, flow, shift, tiers, rates and 3 members
    assert len(drawings) == 2 * 3 + 1 + 4 + 3
    for svg in drawings:
        ElementTree.fromstring(svg)  # noqa: S314  (our own text)


def test_the_verdict_comes_before_any_table(annual_page: str) -> None:
    assert annual_page.index('id="verdict"') < annual_page.index("<table") < annual_page.index("<svg")


def test_the_page_tells_figures_reasons_and_certificate(annual_page: str) -> None:
    words = " ".join(" ".join(Page(annual_page).words).split())
    for text in (
        "Both gates pass.",
        "0.732 to 0.752",
        "Predictive ratio by decile",
        "CNY 8,000,000.01",
        "Kidney: the last eGFR was 41.5, which raises the risk by 3.1 points",
        "肾脏：最近eGFR为41.5，风险升高3.1个百分点",
        "The steps sum to the rate.",
        "The booster reaches 97.8% of it.",
    ):
        assert text in words


def test_the_page_stays_under_a_megabyte(annual_page: str) -> None:
    assert len(annual_page.encode("utf-8")) < 1_000_000


def test_the_discharge_page_speaks_of_no_rate_and_no_tier(discharge_folder: Path) -> None:
    text = write_report(discharge_folder).read_text(encoding="utf-8")
    assert Page(text).open == []
    for word in ("Ledger of the rate", "Budget-neutrality", "Risk tiers", "Tier policy", "None"):
        assert word not in text


def test_the_same_folder_gives_the_same_bytes(discharge_folder: Path) -> None:
    first = write_report(discharge_folder).read_bytes()
    assert write_report(discharge_folder).read_bytes() == first


def test_text_from_outside_is_escaped(discharge_folder: Path) -> None:
    path = discharge_folder / "summary.json"
    summary = json.loads(path.read_text(encoding="utf-8"))
    summary["scheme"]["title"] = "<script>alert(1)</script>"
    summary["flow"][0]["step"] = "<script>alert(2)</script>"
    summary["examples"][0]["reasons"][0]["group"] = "<script>alert(3)</script>"
    path.write_text(json.dumps(summary), encoding="utf-8")
    text = write_report(discharge_folder).read_text(encoding="utf-8")
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_a_folder_without_a_summary_says_to_retrain(tmp_path: Path) -> None:
    with pytest.raises(DataContractError, match=r"summary\.json: no such file.*Run riskkit retrain"):
        write_report(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"{", b"\xb9\xfa", b"[1]"])
def test_a_broken_summary_is_refused_and_the_old_page_stays(discharge_folder: Path, content: bytes) -> None:
    page = discharge_folder / "report.html"
    page.write_text("last year", encoding="utf-8")
    (discharge_folder / "summary.json").write_bytes(content)
    with pytest.raises(DataContractError, match=r"summary\.json: .*again"):
        write_report(discharge_folder)
    assert page.read_text(encoding="utf-8") == "last year"


def test_broken_predictions_are_refused(discharge_folder: Path) -> None:
    (discharge_folder / "evaluation" / "predictions.parquet").write_bytes(b"PAR1")
    with pytest.raises(DataContractError, match=r"predictions\.parquet: not readable as Parquet"):
        write_report(discharge_folder)


def test_absent_predictions_are_refused(discharge_folder: Path) -> None:
    (discharge_folder / "evaluation" / "predictions.parquet").unlink()
    with pytest.raises(DataContractError, match="found no file"):
        write_report(discharge_folder)
