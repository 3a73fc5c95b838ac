"""A retraining's folder written by formula: nothing in it comes from the code under test."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

N_TEST = 2000
HASH = "ab" * 32


def estimate(value: float, half: float = 0.01) -> dict[str, float]:
    return {"value": value, "low": round(value - half, 6), "high": round(value + half, 6)}


def binary_outcome(title: str) -> dict[str, Any]:
    return {
        "title": title,
        "kind": "binary",
        "policy": "clinical",
        "n_features": 64,
        "train_members": 12000,
        "calibration_members": 6000,
        "test_members": N_TEST,
        "events": 214,
        "params": {"num_leaves": 31},
        "calibration": {"method": "isotonic"},
        "test": {
            "auroc": estimate(0.742),
            "average_precision": estimate(0.301),
            "brier_score": estimate(0.0871, 0.002),
            "oe_ratio": estimate(1.004, 0.02),
            "calibration_slope": estimate(0.985, 0.05),
        },
        "comparators": {
            "age_sex": {"auroc": estimate(0.651), "oe_ratio": estimate(1.01)},
            "logistic": {"auroc": estimate(0.718), "oe_ratio": estimate(0.99)},
        },
        "truth": {"auroc": estimate(0.759), "ratio": 0.9776},
        "new_members": {"members": 7, "auroc": estimate(0.7)},
        "continuing": {"members": 1993, "auroc": estimate(0.742)},
    }


def cost_outcome() -> dict[str, Any]:
    return {
        "title": "Cost of the next year",
        "kind": "cost",
        "policy": "payment",
        "n_features": 40,
        "train_members": 12000,
        "calibration_members": 6000,
        "test_members": N_TEST,
        "events": 1990,
        "params": {},
        "calibration": {"method": "scale"},
        "test": {
            "r2": estimate(0.312, 0.02),
            "cpm": estimate(0.241),
            "mae": estimate(4321.0, 100.0),
            "oe_ratio": estimate(1.002, 0.02),
            "calibration_slope": estimate(1.01, 0.05),
        },
        "comparators": {"age_sex": {"r2": estimate(0.081)}, "linear": {"r2": estimate(0.274)}},
    }


def flow() -> list[dict[str, Any]]:
    counts = {
        "2022-01-01": [20000, 17500, 16000, 15995],
        "2023-01-01": [20000, 18000, 16500, 16100],
    }
    steps = ["enrolled on the index date", "look-back complete", "aged 18 or more", "outcome year observed"]
    return [
        {"index_date": date, "step": step, "members": members}
        for date, row in counts.items()
        for step, members in zip(steps, row, strict=True)
    ]


def tiers() -> dict[str, Any]:
    def row(tier: str, package: str, members: int, rate: float) -> dict[str, Any]:
        return {
            "tier": tier,
            "package": package,
            "members": members,
            "share": members / N_TEST,
            "observed_rate": estimate(rate),
            "mean_risk": rate + 0.002,
            "cost_share": rate * 2,
        }

    return {
        "policy": "three_level",
        "rows": [
            row("low", "basic", 900, 0.05),
            row("medium", "intermediate", 800, 0.11),
            row("high", "advanced", 300, 0.24),
        ],
    }


def rates() -> dict[str, Any]:
    certificate = {
        "policy": "capitation",
        "policy_reference": "POLICY_RULES C5",
        "effective": "2025-01-01",
        "currency": "CNY",
        "minor_units_per_currency_unit": 100,
        "scope": "diabetes_team_pool",
        "members": N_TEST,
        "member_months": 23400.0,
        "expected_cost_minor": 2_000_000_000,
        "budget_minor": 800_000_001,
        "allocated_minor": 800_000_001,
        "difference_minor": 0,
        "allocated_minor_by_payer": {"fund": 640_000_001, "member": 160_000_000},
        "normalization_factor": 10256.41,
        "tier_relativities": {},
        "base_amount": 4102.56,
        "budget_factor": 1.00123,
        "floor_share": 0.1,
        "cap_share": 0.002,
        "rate_table_sha256": HASH,
    }
    return {
        "budget_minor": 800_000_001,
        "allocated_minor": 800_000_001,
        "certificate": certificate,
        "mean_rate": 4102.56,
        "quantiles": {"p5": 2051.28, "p25": 2500.0, "p50": 3600.0, "p75": 5100.0, "p95": 9000.0},
        "at_floor": 200,
        "at_cap": 4,
    }


def drift() -> dict[str, Any]:
    return {
        "index_date": "2024-01-01",
        "outcomes": {
            "next_year_cost": {
                "verdict": "recalibrate",
                "before": {"oe_ratio": estimate(0.49), "r2": estimate(0.1)},
                "after": {"oe_ratio": estimate(1.01), "r2": estimate(0.29)},
                "message": "Predicts about twice the actual cost.",
                "feature_psi": [
                    {"feature": "cost_total_365d", "psi": 0.41, "verdict": "act"},
                    {"feature": "visits_365d", "psi": 0.15, "verdict": "watch"},
                    {"feature": "age_years", "psi": 0.01, "verdict": "stable"},
                ],
            }
        },
    }


def example(label: str, scale: float, *, with_rate: bool = True) -> dict[str, Any]:
    # 4000 + 4000 * (scale - 1) + 100.00 = the rate
    amounts = [4000.0, 4000.0 * (scale - 1), 100.0]
    items = ["mean expected cost of the reference population", "relative risk score", "region factor"]
    return {
        "label": label,
        "person": HASH,
        "risk_tier": label if with_rate else None,
        "package": "basic" if with_rate else None,
        "rate_amount": sum(amounts) if with_rate else None,
        "predictions": {"admission": 0.0813 * scale} if with_rate else {"readmission": 0.0813 * scale},
        "reasons": [
            {
                "group": "kidney",
                "direction": "raises",
                "feature": "egfr_latest_730d",
                "value": 41.5,
                "unit": "mL/min/1.73m2",
                "amount": 0.031,
                "text": "Kidney: the last eGFR was 41.5, which raises the risk by 3.1 points",
                "text_zh": "肾脏：最近eGFR为41.5，风险升高3.1个百分点",
            },
            {
                "group": "use",
                "direction": "lowers",
                "feature": "admissions_365d",
                "value": 0.0,
                "unit": "stays",
                "amount": -0.012,
                "text": "Use of care: no admission in a year, which lowers the risk by 1.2 points",
                "text_zh": "就诊：一年内未住院，风险降低1.2个百分点",
            },
        ],
        "ledger": [
            {"step": step, "item": item, "amount": amount}
            for step, item, amount in zip((1, 2, 7), items, amounts, strict=True)
        ]
        if with_rate
        else [],
    }


def make_annual_summary() -> dict[str, Any]:
    """An annual scheme with everything."""
    return {
        "scheme": {
            "name": "synthetic",
            "title": "Synthetic diabetes members",
            "currency": "CNY",
            "created": "2025-06-30T10:00:00",
            "riskkit_version": "0.1.0",
        },
        "outcomes": {"admission": binary_outcome("Any admission within 12 months"), "next_year_cost": cost_outcome()},
        "drift": drift(),
        "tiers": tiers(),
        "rates": rates(),
        "gates": [
            {
                "name": "admission.oe_ratio",
                "figure": 1.004,
                "limit": "0.97 to 1.03",
                "verdict": "pass",
                "outcome": "admission",
            },
            {"name": "r2", "figure": 0.312, "limit": [0.28, None], "verdict": "pass", "outcome": "next_year_cost"},
        ],
        "data": {
            "hashes": {"person": HASH, "medical_claim": "cd" * 32},
            "rows_in": 1234567,
            "accepted": 1234500,
            "quarantined": 67,
            "adapter": None,
            "reconciliation": None,
        },
        "flow": flow(),
        "examples": [example("low", 0.5), example("medium", 1.0), example("high", 2.5)],
    }


@pytest.fixture
def annual_summary() -> dict[str, Any]:
    return make_annual_summary()


@pytest.fixture
def discharge_summary(annual_summary: dict[str, Any]) -> dict[str, Any]:
    """A scheme on discharges: one outcome, no tier, no rate, no index year."""
    outcome = binary_outcome("Readmission within 30 days") | {"truth": None, "new_members": None, "continuing": None}
    adapter = {
        "adapter": "diabetes130",
        "rows_in": {"diabetic_data.csv": 101766},
        "rows_out": {"person": 71518},
        "unmapped": [{"what": "payer_code", "count": 40256, "reason": "no canonical column"}],
        "reconciliation": {"encounters_kept_share": 0.97},
        "notes": ["Dates are made up from the order of encounters."],
    }
    steps = [("encounters", 101766), ("discharged alive", 99343), ("known sex", 99340)]
    return {
        **annual_summary,
        "scheme": {"name": "diabetes130", "title": "Diabetes-130 discharges", "currency": "USD"},
        "outcomes": {"readmission": outcome},
        "drift": None,
        "tiers": None,
        "rates": None,
        "gates": [],
        "data": annual_summary["data"] | {"adapter": adapter},
        "flow": [{"index_date": None, "step": step, "members": members} for step, members in steps],
        "examples": [example("high", 2.5, with_rate=False)],
    }


def predictions(outcome: str, *, binary: bool) -> pd.DataFrame:
    """Perfectly calibrated by decile: band b (0 to 9) has a rate of 1% + 3% b, its events spread evenly."""
    at = np.arange(N_TEST)
    band, place = at // 200, at % 200
    risk = 0.01 + 0.03 * band + place * 1e-6
    rate = 0.01 + 0.03 * band
    observed = np.floor((place + 1) * rate + 1e-9) - np.floor(place * rate + 1e-9)
    scale = 1.0 if binary else 40_000.0
    return pd.DataFrame(
        {
            "person_id": [f"p{i:05d}" for i in at],
            "index_date": pd.Timestamp("2023-01-01"),
            "outcome": outcome,
            "observed": observed * scale,
            "predicted": risk * scale,
            "weight": 1.0,
            "age_sex": (0.1 + 0.0001 * (at % 7)) * scale,
            "linear": (0.05 + 0.01 * band) * scale,
        }
    )


def write_folder(folder: Path, summary: dict[str, Any]) -> Path:
    evaluation = folder / "evaluation"
    evaluation.mkdir(parents=True)
    (folder / "summary.json").write_text(json.dumps(summary, ensure_ascii=False), encoding="utf-8")
    tables = [predictions(name, binary=entry["kind"] == "binary") for name, entry in summary["outcomes"].items()]
    pd.concat(tables).to_parquet(evaluation / "predictions.parquet", index=False)
    if summary["rates"]:
        amounts = 2051.28 + 40.0 * np.sqrt(np.arange(N_TEST)) * (np.arange(N_TEST) % 10)
        frame = pd.DataFrame({"rate_amount": amounts, "risk_tier": "low", "relative_risk_score": 1.0})
        frame.to_parquet(evaluation / "rates.parquet", index=False)
    at = np.arange(300)
    values = pd.DataFrame({"hba1c_latest": 5.0 + at % 60 / 10, "age_years": 40.0 + at % 50})
    parts = pd.DataFrame({"base_value": -2.0, "hba1c_latest": at % 60 / 60 - 0.5, "age_years": at % 50 / 100 - 0.25})
    name = next(iter(summary["outcomes"]))
    values.to_parquet(evaluation / f"feature_values_{name}.parquet", index=False)
    parts.to_parquet(evaluation / f"contributions_{name}.parquet", index=False)
    return folder


@pytest.fixture(scope="session")
def annual_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Shared by all tests: only read."""
    return write_folder(tmp_path_factory.mktemp("annual") / "out", make_annual_summary())


@pytest.fixture
def discharge_folder(tmp_path: Path, discharge_summary: dict[str, Any]) -> Path:
    return write_folder(tmp_path / "discharge", discharge_summary)
