"""A bundle small enough to train in a test: one outcome, three features."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from riskkit.cohort.eligibility import CohortSpec
from riskkit.features.catalogue import Catalogue, Feature
from riskkit.risk.fit import fit_outcome
from riskkit.risk.matrix import ModelFrame
from riskkit.risk.spec import read_outcome_spec
from riskkit.workflow.bundle import Bundle

ROOT = Path(__file__).resolve().parents[3]
FEATURES = (
    Feature("age_years", "age", "年龄", "years", "demography", "context", "context", direction=1, policy="payment"),
    Feature("is_female", "female sex", "女性", "flag", "demography", "context", "context", policy="payment"),
    Feature("hba1c_latest_365d", "HbA1c", "糖化血红蛋白", "%", "glycaemia", "labs", "latest", "value"),
)


@pytest.fixture(scope="session")
def small_members() -> pd.DataFrame:
    draw = np.random.default_rng(1)
    n = 1200
    sugar = draw.normal(7.5, 1.2, n)
    sugar[::7] = np.nan
    return pd.DataFrame(
        {
            "person_id": [f"P{number:05d}" for number in range(n)],
            "index_date": pd.Series([pd.Timestamp(date(2024, 1, 1))] * n, dtype="datetime64[us]"),
            "age_years": draw.uniform(30, 90, n),
            "is_female": draw.integers(0, 2, n).astype("float64"),
            "hba1c_latest_365d": sugar,
        }
    )


@pytest.fixture(scope="session")
def small_bundle(small_members: pd.DataFrame) -> Bundle:
    draw = np.random.default_rng(2)
    risk = 1 / (1 + np.exp(-(small_members["age_years"].to_numpy() - 80) / 12))
    observed = (draw.uniform(size=len(risk)) < risk).astype("float64")
    spec = read_outcome_spec(ROOT / "models" / "outcomes" / "admission.toml").with_overrides(
        {"model": {"n_estimators": 20, "early_stopping_rounds": 0}}
    )
    frame = ModelFrame(small_members, observed, np.ones(len(observed)))
    half = np.arange(len(observed)) % 2 == 0
    model = fit_outcome(
        spec,
        frame.take(np.flatnonzero(half)),
        frame.take(np.flatnonzero(~half)),
        feature_names=[feature.name for feature in FEATURES],
        directions={feature.name: feature.direction for feature in FEATURES},
    )
    return Bundle("toy", "CNY", "native", CohortSpec(), Catalogue(FEATURES), pd.DataFrame(), {"admission": model})
