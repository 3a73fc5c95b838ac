"""The document holds what the summary says, section by section, for every kind of scheme."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from riskkit.errors import DataContractError
from riskkit.report.documents import make_document
from riskkit.report.member_section import make_member_section
from riskkit.report.outcome_section import make_key_figures
from riskkit.report.rate_section import make_rate_section
from riskkit.report.stability_sections import make_drift_section

Summary = dict[str, Any]


def read_frames(folder: Path) -> dict[str, pd.DataFrame]:
    return {path.stem: pd.read_parquet(path) for path in (folder / "evaluation").glob("*.parquet")}


def built(section: dict[str, Any] | None) -> dict[str, Any]:
    assert section is not None
    return section


def section(document: dict[str, Any], identifier: str) -> dict[str, Any]:
    return next(section for section in document["sections"] if section["id"] == identifier)


@pytest.fixture(scope="module")
def annual_document(annual_folder: Path) -> dict[str, Any]:
    summary = json.loads((annual_folder / "summary.json").read_text(encoding="utf-8"))
    return make_document(summary, read_frames(annual_folder))


def cells(table: dict[str, Any]) -> list[list[str]]:
    return [[cell["text"] for cell in row] for row in table["rows"]]


def test_an_annual_scheme_has_every_section(annual_document: dict[str, Any]) -> None:
    assert [section["id"] for section in annual_document["sections"]] == [
        "gates",
        "flow",
        "outcome-admission",
        "outcome-next_year_cost",
        "drift",
        "tiers",
        "rates",
        "members",
        "data",
    ]


def test_a_discharge_scheme_has_neither_rates_nor_tiers(discharge_summary: Summary, discharge_folder: Path) -> None:
    document = make_document(discharge_summary, read_frames(discharge_folder))
    assert [section["id"] for section in document["sections"]] == ["flow", "outcome-readmission", "members", "data"]


def test_each_outcome_has_calibration_lift_and_predictive_ratio(annual_document: dict[str, Any]) -> None:
    for name in ("admission", "next_year_cost"):
        gallery = section(annual_document, f"outcome-{name}")["blocks"][0]
        assert [figure["title"] for figure in gallery["figures"]] == [
            "Calibration curve",
            "Lift",
            "Predictive ratio by decile",
        ]


def test_key_figures_stand_beside_comparators_and_truth(annual_summary: Summary) -> None:
    table = make_key_figures(annual_summary)
    assert table["columns"] == [
        "Outcome",
        "Measure",
        "Booster",
        "Age and sex alone",
        "Linear or logistic model",
        "True risk",
    ]
    assert cells(table)[0] == ["Any admission within 12 months", "AUROC", "0.742", "0.651", "0.718", "0.759"]
    assert table["rows"][0][2]["sub"] == "0.732 to 0.752"
    assert cells(table)[5] == ["Cost of the next year", "R²", "0.312", "0.081", "0.274", "–"]


def test_new_members_under_eleven_show_no_figure(annual_document: dict[str, Any]) -> None:
    tables = [block for block in section(annual_document, "outcome-admission")["blocks"] if block["kind"] == "table"]
    assert cells(tables[0])[0] == ["New members", "<11", "–"]


def test_the_certificate_shows_exact_money_and_hides_a_small_group(annual_summary: Summary) -> None:
    rates = built(make_rate_section(annual_summary, {}))
    certificate = dict(cells(rates["blocks"][-1]))
    assert certificate["Budget"] == certificate["Allocated"] == "CNY 8,000,000.01"
    assert certificate["Allocated to the fund"] == "CNY 6,400,000.01"
    # 0.2% of 2,000 members are 4
    assert certificate["Members at the cap"] == "fewer than 11 members"
    assert rates["blocks"][0]["tone"] == "good"


def test_a_budget_off_by_a_cent_forbids_the_signature(annual_summary: Summary) -> None:
    annual_summary["rates"]["allocated_minor"] += 1
    rates = built(make_rate_section(annual_summary, {}))
    assert "Do not sign this rate table." in rates["blocks"][0]["text"]


def test_the_ledger_of_a_member_ends_in_the_rate(annual_summary: Summary) -> None:
    members = built(make_member_section(annual_summary))["blocks"]
    # 4,000 - 2,000 + 100
    assert cells(members[0]["ledger"])[-1] == ["", "Rate", "2,100.00"]
    assert members[0]["ledger"]["note"] == "The steps sum to the rate."
    assert members[0]["person"] == "ab" * 6


def test_a_ledger_that_misses_the_rate_by_a_cent_says_so(annual_summary: Summary) -> None:
    annual_summary["examples"][0]["rate_amount"] += 0.01
    members = built(make_member_section(annual_summary))["blocks"]
    assert members[0]["ledger"]["note"] == "The steps do not sum to the rate."


def test_a_horizon_that_has_not_closed_is_named_with_the_reason_and_its_inputs(annual_summary: Summary) -> None:
    reason = "the longest follow-up is 731 days, expected 1095"
    annual_summary["drift"]["open_horizons"] = {"death_3y": {"reason": reason, "inputs": {"verdict": "watch"}}}
    texts = [block.get("text") for block in built(make_drift_section(annual_summary))["blocks"]]
    assert (
        f"Not judged, because the horizon has not closed: “death_3y” ({reason}; from the inputs alone: watch)." in texts
    )


def test_drift_stands_before_and_after(annual_summary: Summary) -> None:
    drift = built(make_drift_section(annual_summary))["blocks"]
    assert drift[0]["text"] == "Verdict: recalibrate. Predicts about twice the actual cost."
    assert cells(drift[1]) == [["As trained", "0.490", "0.100"], ["Recalibrated", "1.010", "0.290"]]


def test_neither_input_is_changed(discharge_summary: Summary, discharge_folder: Path) -> None:
    frames = read_frames(discharge_folder)
    before = {name: frame.copy() for name, frame in frames.items()}
    summary = repr(discharge_summary)
    make_document(discharge_summary, frames)
    assert repr(discharge_summary) == summary
    for name, frame in before.items():
        pd.testing.assert_frame_equal(frames[name], frame)


def test_a_tiny_test_sample_is_not_drawn(discharge_summary: Summary, discharge_folder: Path) -> None:
    frames = read_frames(discharge_folder)
    frames["predictions"] = frames["predictions"].head(10)
    blocks = section(make_document(discharge_summary, frames), "outcome-readmission")["blocks"]
    assert blocks[0]["text"] == "Fewer than 11 test members: no figure is shown."


def test_a_summary_without_outcomes_is_refused(annual_summary: Summary, annual_folder: Path) -> None:
    del annual_summary["outcomes"]
    with pytest.raises(DataContractError, match=r"summary\.json: no outcomes; found scheme.*Retrain first"):
        make_document(annual_summary, read_frames(annual_folder))


def test_predictions_without_a_weight_are_refused(annual_summary: Summary, annual_folder: Path) -> None:
    frames = read_frames(annual_folder)
    frames["predictions"] = frames["predictions"].drop(columns="weight")
    with pytest.raises(DataContractError, match="no column weight; found person_id"):
        make_document(annual_summary, frames)
