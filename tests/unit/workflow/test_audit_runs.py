"""The audits of the command line from a source to files: one policy against last year, and two side by side."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from riskkit.errors import DataContractError
from riskkit.rates.dislocation import PARTS
from riskkit.workflow import audit as audit_module
from riskkit.workflow.audit import AuditOptions
from riskkit.workflow.audit_dislocation import LastYear
from riskkit.workflow.audit_runs import run_audit, run_comparison
from riskkit.workflow.rate import RatedPopulation

MODELS = Path(__file__).parents[3] / "models"


@pytest.fixture
def options(tmp_path: Path) -> AuditOptions:
    """The shipped audit policy with twelve members for the gaming audit."""
    text = (MODELS / "audit" / "rates.toml").read_text(encoding="utf-8")
    file = tmp_path / "asked.toml"
    file.write_text(text.replace("[gaming_members]\nvalue = 200", "[gaming_members]\nvalue = 12"), encoding="utf-8")
    return AuditOptions(index_date=date(2024, 1, 1), asked=file, n_bootstrap=20)


def test_an_audit_against_last_year_writes_what_moved_and_the_growth(
    rated: RatedPopulation, source: Path, options: AuditOptions, tmp_path: Path
) -> None:
    written = run_audit(rated.bundle, source, tmp_path / "out", options=options, last=LastYear(date(2023, 1, 1)))
    assert json.loads((tmp_path / "out" / "audit.json").read_text(encoding="utf-8")) == written
    moved = pd.read_csv(tmp_path / "out" / "dislocation.csv")
    assert (moved[list(PARTS)].sum(axis=1) == moved["change_minor"]).all()
    # one bundle for both years: no model moved
    assert not moved["model"].any()
    (audit,) = written["audits"]
    fund = audit["affordability"]
    assert fund["growth"] == pytest.approx(fund["asked"] / fund["last"] - 1)
    assert fund["line"] == pytest.approx(1.05 * fund["last"])
    (whole,) = written["dislocation"]["all"]
    assert whole["change_minor"] == moved["change_minor"].sum()
    page = (tmp_path / "out" / "audit.html").read_text(encoding="utf-8")
    for text in ("From last year", "Asked for and affordable", "Sicker is never cheaper", "Gain of one more"):
        assert text in page


def test_two_policies_are_rated_on_the_same_members(
    rated: RatedPopulation, source: Path, options: AuditOptions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # what a record gains under a policy has tests of its own
    monkeypatch.setattr(audit_module, "compute_gaming", lambda *_: pd.DataFrame(columns=["family", "gain"]))
    first = MODELS / "rates" / "capitation.toml"
    second = tmp_path / "by_tier.toml"
    text = first.read_text(encoding="utf-8").replace('method = "individual"', 'method = "tier_mean"')
    second.write_text(text.replace('name = "capitation"', 'name = "by_tier"'), encoding="utf-8")
    written = run_comparison(rated.bundle, source, tmp_path / "out", (first, second), options=options)
    one, other = written["audits"]
    assert one["overall"]["cost"] == pytest.approx(other["overall"]["cost"], rel=1e-3)
    compared = written["comparison"]
    # net compensation differs by the mean change, as the cost is the same
    gap = other["overall"]["net_compensation"] - one["overall"]["net_compensation"]
    assert compared["mean_change"] == pytest.approx(gap, abs=1.0)
    assert compared["members_up"] + compared["members_down"] + compared["members_same"] == one["members"]
    assert {"capitation_gaming.csv", "by_tier_gaming.csv", "by_tier_order.csv"} <= {
        path.name for path in (tmp_path / "out").iterdir()
    }


def test_the_order_of_two_policies_changes_no_figure(
    rated: RatedPopulation, source: Path, options: AuditOptions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_module, "compute_gaming", lambda *_: pd.DataFrame(columns=["family", "gain"]))
    budget, fee = MODELS / "rates" / "capitation.toml", tmp_path / "fee.toml"
    split = "[product.payer_split.fund]"
    product = budget.read_text(encoding="utf-8").partition("[product]")[2].partition(split)[0]
    before, _, after = (MODELS / "rates" / "package_1200.toml").read_text(encoding="utf-8").partition("[product]")
    fee.write_text(f"{before}[product]{product}{split}{after.partition(split)[2]}", encoding="utf-8")
    one = run_comparison(rated.bundle, source, tmp_path / "one", (budget, fee), options=options)
    other = run_comparison(rated.bundle, source, tmp_path / "other", (fee, budget), options=options)
    assert other["audits"] == one["audits"][::-1]
    # the larger share, that of the budget, is the cost of both: capitation states 40%, 1,200 are less
    assert [audit["cost_share"] for audit in one["audits"]] == [0.40, 0.40]
    assert one["audits"][0]["overall"]["cost"] == one["audits"][1]["overall"]["cost"]
    for row, swapped in zip(one["comparison"]["mapl"], other["comparison"]["mapl"], strict=True):
        # columns of one product of matrices change places, which moves the last bit of a replicate and so of an end
        for key, place in (("first", "second"), ("second", "first")):
            assert row[key]["value"] == swapped[place]["value"]
            assert row[key] == pytest.approx(swapped[place], rel=1e-12)
        assert row["difference"]["value"] == pytest.approx(-swapped["difference"]["value"])
        # side by side stands what each policy's own section says
        for key, audit in zip(("first", "second"), one["audits"], strict=True):
            (own,) = [found for found in audit["mapl"] if found["partition"] == row["partition"]]
            assert row[key]["value"] == own["value"]


def test_a_year_that_has_not_happened_is_refused(
    rated: RatedPopulation, source: Path, options: AuditOptions, tmp_path: Path
) -> None:
    # the source ends with 2024, and its contracts run on
    with pytest.raises(DataContractError, match="the year from 2025-01-01 is not over"):
        run_audit(rated.bundle, source, tmp_path / "out", options=replace(options, index_date=date(2025, 1, 1)))
    assert not (tmp_path / "out").exists()


def test_last_year_is_before_the_audited_one(
    rated: RatedPopulation, source: Path, options: AuditOptions, tmp_path: Path
) -> None:
    with pytest.raises(DataContractError, match="last year's date is 2024-01-01, expected a day before 2024-01-01"):
        run_audit(rated.bundle, source, tmp_path / "out", options=options, last=LastYear(date(2024, 1, 1)))
