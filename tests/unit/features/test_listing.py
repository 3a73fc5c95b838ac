"""The catalogue in words: for the command line, and as the page that the documents hold."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from riskkit.data.codes import read_code_lists
from riskkit.features.catalogue import Catalogue
from riskkit.features.contents import make_catalogue
from riskkit.features.listing import LISTED, describe_features, list_features, render_features

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "features.md"
MARK = "## The features\n\n"


@pytest.fixture(scope="module")
def shipped() -> Catalogue:
    return make_catalogue(read_code_lists(ROOT / "models" / "codelists"))


def test_each_feature_says_where_it_comes_from_and_who_may_use_it(shipped: Catalogue) -> None:
    rows = describe_features(shipped).set_index("name")
    assert [rows.index.name, *rows.columns] == LISTED
    said = rows.loc["metformin_pdc_365d", ["unit", "group", "tables", "window", "direction", "policy"]].tolist()
    assert said == ["fraction", "drugs", "pharmacy_claim, medical_claim", "365 d", "", "clinical"]
    assert rows.loc["age_years", ["tables", "window", "direction", "policy"]].tolist() == ["person", "", "+", "payment"]
    assert rows.loc["egfr_latest_730d", "direction"] == "-"
    assert rows.loc["tenure_days", "window"] == "all"
    assert (rows[["meaning", "unit", "group", "tables", "policy"]] != "").all(axis=None)


def test_the_lines_are_aligned_and_one_a_feature(shipped: Catalogue) -> None:
    lines = list_features(shipped)
    assert len(lines) == len(shipped.features) + 1
    assert lines[0].split() == LISTED
    start = lines[0].index("meaning")
    assert {line[start - 2 : start] for line in lines} == {"  "}
    assert all(line == line.rstrip() for line in lines)


def test_a_table_has_no_row_too_many(everything: Catalogue) -> None:
    page = render_features(everything.select(("eye", "lifestyle")))
    tables = page.split("### ")[1:]
    assert [table.split("\n")[0] for table in tables] == list(
        dict.fromkeys(feature.group for feature in everything.features if feature.group in {"eye", "lifestyle"})
    )


def test_the_page_is_what_the_catalogue_renders(shipped: Catalogue) -> None:
    held = PAGE.read_text(encoding="utf-8")
    assert held.split(MARK)[1] == render_features(shipped), "run: python tests/unit/features/test_listing.py"


def test_the_page_names_every_group(shipped: Catalogue) -> None:
    introduction = PAGE.read_text(encoding="utf-8").split(MARK)[0]
    for group in pd.unique(shipped.to_frame()["group"]):
        assert f"`{group}`" in introduction


if __name__ == "__main__":
    lists = read_code_lists(ROOT / "models" / "codelists")
    before = PAGE.read_text(encoding="utf-8").split(MARK)[0]
    PAGE.write_text(before + MARK + render_features(make_catalogue(lists)), encoding="utf-8")
