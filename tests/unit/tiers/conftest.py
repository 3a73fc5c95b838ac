"""Small policies and frames for the tier tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from riskkit.policy import read_policy, read_toml
from riskkit.tiers.policy import TierPolicy

MODELS = Path(__file__).parents[3] / "models" / "tiers"


@pytest.fixture
def policies() -> Path:
    """Folder of the shipped tier policies."""
    return MODELS


@pytest.fixture
def shipped() -> Callable[[str], TierPolicy]:
    return lambda name: read_policy(MODELS / f"{name}.toml", TierPolicy)


@pytest.fixture
def written() -> Callable[[str], dict[str, Any]]:
    return lambda name: read_toml(MODELS / f"{name}.toml")


@pytest.fixture
def predictions() -> Callable[..., pd.DataFrame]:
    def make(*risks: float, outcome: str = "admission") -> pd.DataFrame:
        return pd.DataFrame(
            {
                "person_id": [f"P{place}" for place in range(len(risks))],
                "index_date": pd.Timestamp("2025-01-01"),
                "outcome": outcome,
                "predicted": list(risks),
            }
        )

    return make


@pytest.fixture
def features() -> Callable[..., pd.DataFrame]:
    def make(*hba1c: float, **flags: list[float]) -> pd.DataFrame:
        zeros = [0.0] * len(hba1c)
        names = ("any_complication_730d", "nephropathy_730d", "retinopathy_730d")
        return pd.DataFrame(
            {
                "person_id": [f"P{place}" for place in range(len(hba1c))],
                "index_date": pd.Timestamp("2025-01-01"),
                "hba1c_latest_365d": list(hba1c),
                **{name: flags.get(name, zeros) for name in names},
            }
        )

    return make
