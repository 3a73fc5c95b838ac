"""Small frames and specifications for the tests of riskkit.risk."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from riskkit.risk.matrix import ModelFrame
from riskkit.risk.spec import OutcomeSpec

NAMES = ["age_years", "hba1c", "noise"]


def make_features(n_rows: int, *, seed: int = 0, prefix: str = "p") -> pd.DataFrame:
    """Make members with three features, some of them missing."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.normal(size=(n_rows, 3)), columns=NAMES)
    frame.loc[rng.random(n_rows) < 0.1, "hba1c"] = np.nan
    frame.insert(0, "person_id", [f"{prefix}{i:05d}" for i in range(n_rows)])
    frame.insert(1, "index_date", pd.Timestamp("2023-01-01"))
    return frame


def make_frame(n_rows: int, *, kind: str = "binary", seed: int = 0, prefix: str = "p") -> ModelFrame:
    """Make labelled members: the older, the likelier the event and the dearer the year."""
    features = make_features(n_rows, seed=seed, prefix=prefix)
    rng = np.random.default_rng(seed + 1)
    margin = features["age_years"].to_numpy() + 0.5 * features["hba1c"].fillna(0.0).to_numpy()
    if kind == "binary":
        observed = (rng.random(n_rows) < 1 / (1 + np.exp(1 - margin))).astype(float)
        return ModelFrame(features, observed, np.ones(n_rows))
    observed = np.exp(6 + 0.5 * margin) * rng.gamma(0.5, 2.0, n_rows) * (rng.random(n_rows) < 0.8)
    return ModelFrame(features, observed, rng.uniform(0.25, 1.0, n_rows))


def make_spec(kind: str = "binary", **blocks: Any) -> OutcomeSpec:
    """Make a specification with small trees; `blocks` replace keys block by block."""
    cost = kind == "cost"
    spec = OutcomeSpec.model_validate(
        {
            "name": "outcome",
            "title": "Outcome",
            "title_zh": "结局",
            "kind": kind,
            "policy": "clinical",
            "label": "cost" if cost else "admission",
            "horizon_days": 365,
            "label_options": {"amount": "allowed_amount"} if cost else {},
            "features": {"include": ["demography", "glycaemia"]},
            "model": {
                "objective": "tweedie" if cost else "binary",
                "num_leaves": 7,
                "n_estimators": 20,
                "learning_rate": 0.2,
            },
            "tuning": {"trials": 2, "timeout_seconds": 60, "folds": 2},
            "calibration": {"methods": ["scale", "isotonic"] if cost else ["identity", "sigmoid", "isotonic"]},
            "acceptance": {"reference": "test", "effective": "2024-01-01"},
        }
    )
    return spec.with_overrides(blocks)


@pytest.fixture(scope="session")
def train() -> ModelFrame:
    """Six hundred members to train on."""
    return make_frame(600)


@pytest.fixture(scope="session")
def calibration() -> ModelFrame:
    """Six hundred others to calibrate on."""
    return make_frame(600, seed=10, prefix="q")
