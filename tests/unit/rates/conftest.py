"""Small rate policies and members for the rate tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from riskkit.policy import read_toml
from riskkit.rates.policy import RatePolicy

MODELS = Path(__file__).parents[3] / "models" / "rates"
SOURCE = {"unit": "as written", "reference": "test", "effective": "2025-01-01"}


@pytest.fixture
def number() -> Callable[[float], dict[str, Any]]:
    return lambda value: {"value": value, **SOURCE}


@pytest.fixture
def values() -> dict[str, Any]:
    """The shipped capitation policy as plain values, to be changed by a test."""
    return read_toml(MODELS / "capitation.toml")


@pytest.fixture
def policy(values: dict[str, Any]) -> RatePolicy:
    return RatePolicy.model_validate(values)


@pytest.fixture
def members() -> pd.DataFrame:
    """Mean cost (4,000 x 12 + 6,000 x 12 + 8,000 x 6) / 30 months = 5,600."""
    return pd.DataFrame(
        {
            "person_id": ["A", "B", "C"],
            "index_date": pd.Timestamp("2025-01-01"),
            "exposure_months": [12.0, 12.0, 6.0],
            "expected_cost": [4000.0, 6000.0, 8000.0],
            "region": ["east", "central", "west"],
            "risk_tier": ["low", "low", "high"],
        }
    )
