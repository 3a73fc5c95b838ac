"""The demo, from nothing to a certified rate table."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd

from riskkit.workflow.bundle import read_bundle
from riskkit.workflow.score import score_members
from tests.integration.conftest import Demo, run_riskkit


def read_summary(demo: Demo) -> dict:
    return json.loads((demo.out / "summary.json").read_text(encoding="utf-8"))


def test_the_demo_ends_with_where_the_report_is_and_a_ten_line_summary(demo: Demo) -> None:
    lines = demo.text.strip().splitlines()
    assert lines[-1] == "Report: out/report.html"
    assert 8 <= len(lines) <= 12
    assert (demo.out / "report.html").stat().st_size > 50_000


def test_the_summary_keeps_its_contract(demo: Demo) -> None:
    summary = read_summary(demo)
    assert set(summary["outcomes"]) == {"admission", "next_year_cost", "payment_cost"}
    assert {"auroc", "average_precision", "brier_score", "oe_ratio", "calibration_slope"} <= set(
        summary["outcomes"]["admission"]["test"]
    )
    assert {"r2", "mae", "cpm", "oe_ratio"} <= set(summary["outcomes"]["next_year_cost"]["test"])
    figure = summary["outcomes"]["admission"]["test"]["auroc"]
    assert set(figure) == {"value", "low", "high"}
    assert figure["low"] <= figure["value"] <= figure["high"]
    assert {"age_sex", "logistic"} <= set(summary["outcomes"]["admission"]["comparators"])
    assert {"budget_minor", "allocated_minor", "certificate"} <= set(summary["rates"])
    assert all({"name", "figure", "limit", "verdict"} <= set(gate) for gate in summary["gates"])
    assert {"hashes", "rows_in", "accepted", "quarantined"} <= set(summary["data"])
    assert summary["data"]["rows_in"] == summary["data"]["accepted"] + summary["data"]["quarantined"]
    assert "drift" in summary


def test_the_rates_meet_the_budget_to_the_cent(demo: Demo) -> None:
    table = pd.read_parquet(demo.out / "rates.parquet")
    certificate = json.loads((demo.out / "certificate.json").read_text(encoding="utf-8"))
    assert int(table["allocated_minor"].sum()) == certificate["budget_minor"] == certificate["allocated_minor"]
    # A member's amount is the rate for the months of exposure; rounding may move it by a minor unit or two.
    due = table["rate_minor"] * table["exposure_months"] / 12
    assert (table["allocated_minor"] - due).abs().max() <= 2


def test_each_ledger_sums_to_its_rate(demo: Demo) -> None:
    ledger = pd.read_parquet(demo.out / "ledger.parquet")
    table = pd.read_parquet(demo.out / "rates.parquet").set_index("person_id")["rate_amount"]
    total = ledger.groupby("person_id")["amount"].agg(math.fsum)
    assert (total - table).abs().max() <= 0.01
    assert len(total) == len(table)


def test_a_member_alone_scores_as_in_the_batch(demo: Demo) -> None:
    bundle = read_bundle(demo.out / "bundle")
    batch = pd.read_parquet(demo.out / "scores.parquet")
    members = demo.folder / "members.parquet"
    scheme = demo.folder / "start" / "pipelines" / "synthetic.toml"
    run_riskkit("init", "start", folder=demo.folder, environment=demo.environment)
    done = run_riskkit(
        "features", str(scheme), "--source", "out/source", "--out", str(members),
        folder=demo.folder, environment=demo.environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    frame = pd.read_parquet(members)
    one = score_members(bundle, frame.iloc[[7]].reset_index(drop=True)).iloc[0]
    same = batch[batch["person_id"] == one["person_id"]].iloc[0]
    for outcome in bundle.models:
        assert one[outcome] == same[outcome]
    assert (one["risk_tier"], one["rate_amount"], one["reasons"]) == (
        same["risk_tier"],
        same["rate_amount"],
        same["reasons"],
    )


def test_scores_are_finite_and_reasons_at_most_four(demo: Demo) -> None:
    scores = pd.read_parquet(demo.out / "scores.parquet")
    assert scores["admission"].between(0, 1).all()
    assert (scores["rate_amount"] > 0).all()
    assert np.isfinite(scores["payment_cost"]).all()
    reasons = [json.loads(text) for text in scores["reasons"].head(200)]
    assert max(map(len, reasons)) <= 4
    assert {"text", "text_zh", "amount", "direction"} <= set(next(filter(None, reasons))[0])


def test_nothing_that_is_logged_holds_an_identifier_in_clear(demo: Demo) -> None:
    people = set(pd.read_parquet(demo.source / "person.parquet")["person_id"])
    logged = list((demo.folder / "mlruns").rglob("*.parquet"))
    assert logged
    for file in logged:
        frame = pd.read_parquet(file)
        if "person_id" in frame:
            assert not people & set(frame["person_id"])
            assert frame["person_id"].str.fullmatch("[0-9a-f]{32}").all()
    report = (demo.out / "report.html").read_text(encoding="utf-8")
    assert not any(person in report for person in people)


def test_no_model_reads_the_truth(demo: Demo) -> None:
    truth = set(pd.read_parquet(demo.source / "truth.parquet").columns) - {"person_id", "index_date"}
    bundle = read_bundle(demo.out / "bundle")
    for model in bundle.models.values():
        assert not truth & set(model.feature_names)
