"""Stress policies for tests: the shipped ones, and small ones whose answers can be worked out by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from riskkit.policy import validate_policy
from riskkit.stress.policy import StressPolicy

MODELS = Path(__file__).parents[1] / "models" / "stress"
BASE = MODELS / "base.toml"


def number(value: float) -> dict[str, Any]:
    return {"value": value, "unit": "test", "reference": "test", "effective": "2025-01-01"}


def tier(name: str = "all", **changes: float) -> dict[str, Any]:
    """One claim of 100 a year, exponential in size, nothing above it, and a rate of 100."""
    values = {"relative_risk": 1, "frequency": 1, "claim_mean": 100, "claim_cv": 1, "large_claims": 0, "rate": 100}
    named = {key: number(value) for key, value in (values | changes).items()}
    return {"name": name, "title": name, "title_zh": name, **named}


def small_values(*, teams: list[list[int]] | None = None, tiers: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """A closed group without trend, shock or sharing; every test changes what it is about."""
    tiers, teams = tiers or [tier()], teams or [[100]]
    count = len(tiers)
    dated = {"unit": "test", "reference": "test", "effective": "2025-01-01"}
    return {
        "name": "small",
        "title": "Small",
        "title_zh": "小",
        "reference": "test",
        "effective": "2025-01-01",
        "currency": "CNY",
        "years": 2,
        "tiers": tiers,
        "portfolio": {**dated, "teams": [{"name": f"t{at}", "members": row} for at, row in enumerate(teams)]},
        "enrolment": {
            "leave": number(0),
            "selection": number(0),
            "enter": number(0),
            "enter_mix": [number(1 / count) for _ in tiers],
        },
        "migration": {**dated, "matrix": [[float(row == column) for column in range(count)] for row in range(count)]},
        "claims": {"body": "gamma", "threshold": number(1000), "tail_index": number(2), "largest": number(4000)},
        "trend": {"mean": number(0), "sd": number(0)},
        "contract": {
            "rate_growth": number(0),
            "retention": number(0),
            "overspend_share": number(0),
            "team_reserve": number(0),
        },
        "fund": {"reserve": number(0), "income": number(100), "income_growth": number(0)},
        "redline": {"limit": number(0.05), "measure": "cost", "per": "total"},
        "reverse": {"probability": number(0.5), "lowest": number(-0.5), "highest": number(0.5)},
    }


def make_policy(values: dict[str, Any] | None = None, **numbers: float) -> StressPolicy:
    """Make a policy; numbers are given as ``trend__mean=0.03``."""
    values = values or small_values()
    for place, value in numbers.items():
        block, key = place.split("__")
        values[block][key] = number(value)
    return validate_policy(values, StressPolicy, Path("test.toml"))
