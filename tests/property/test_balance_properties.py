"""Whatever the year: with its factors, a cost model makes nobody cheaper for being older or sicker."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from riskkit.risk.fit import fit_outcome
from riskkit.risk.matrix import ModelFrame
from riskkit.risk.spec import OutcomeSpec

SPEC = OutcomeSpec.model_validate(
    {
        "name": "cost",
        "title": "Cost",
        "title_zh": "费用",
        "kind": "cost",
        "policy": "clinical",
        "label": "cost",
        "horizon_days": 365,
        "label_options": {"amount": "allowed_amount"},
        "features": {"include": ["demography"]},
        "model": {"objective": "tweedie", "num_leaves": 5, "n_estimators": 8, "learning_rate": 0.3},
        "tuning": {"trials": 0, "timeout_seconds": 1},
        "calibration": {"methods": ["scale", "loglinear", "deciles"]},
        "balance": {
            "cells": "age_sex",
            "age_bands": [50, 60, 70],
            "minimum_members": 20,
            "reference": "test",
            "effective": "2024-01-01",
        },
        "acceptance": {"reference": "test", "effective": "2024-01-01"},
    }
)


def draw_frame(rng: np.random.Generator, prefix: str, trend: float) -> ModelFrame:
    """Draw members whose cost may rise or fall with age, of either sex in a way of its own."""
    age, female, sick = rng.uniform(30, 90, 300), rng.integers(0, 2, 300).astype(float), rng.normal(size=300)
    cost = np.exp(7 + trend * (age - 60) / 30 * (1 - 2 * female) + 0.4 * sick) * rng.gamma(0.7, 1.4, 300)
    keys = {"person_id": [f"{prefix}{row:03d}" for row in range(300)], "index_date": pd.Timestamp(2024, 1, 1)}
    features = pd.DataFrame({**keys, "age_years": age, "is_female": female, "sick": sick})
    return ModelFrame(features, cost, rng.uniform(0.3, 1.0, 300))


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000), trend=st.floats(-1.0, 1.0))
def test_neither_age_nor_sickness_makes_cheaper_and_the_year_is_spent(seed: int, trend: float) -> None:
    rng = np.random.default_rng(seed)
    train, calibration = draw_frame(rng, "t", trend), draw_frame(rng, "c", -trend)
    names = ["age_years", "is_female", "sick"]
    model = fit_outcome(SPEC, train, calibration, feature_names=names, directions={"age_years": 1, "sick": 1})
    spent = calibration.weight @ model.predict(calibration.features)
    np.testing.assert_allclose(spent, calibration.weight @ calibration.observed, rtol=1e-9)
    for column, grid in (("age_years", np.linspace(25, 95, 141)), ("sick", np.linspace(-3, 3, 61))):
        for _, member in calibration.features.head(4).iterrows():
            profile = pd.DataFrame([member] * len(grid)).reset_index(drop=True)
            profile[column] = grid
            cost = model.predict(profile.astype(dict.fromkeys(names, float)))
            assert (np.diff(cost) >= -1e-9 * cost[:-1]).all()
