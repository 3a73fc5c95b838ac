"""Models that an older riskkit stored still load and predict the numbers recorded beside them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from riskkit.risk.monotone import check_monotone
from riskkit.risk.store import read_model

STORED = sorted(Path(__file__).parent.glob("models/v*/*.expected.json"))


def test_there_are_stored_models() -> None:
    assert [file.name for file in STORED] == 2 * ["admission.expected.json", "next_year_cost.expected.json"]


@pytest.mark.parametrize("file", STORED, ids=lambda file: f"{file.parent.name}/{file.name.split('.')[0]}")
def test_a_stored_model_predicts_its_recorded_numbers(file: Path) -> None:
    expected = json.loads(file.read_text(encoding="utf-8"))
    model = read_model(file.with_name(file.name.removesuffix(".expected.json")))
    features = pd.DataFrame(expected["features"]).astype(float)
    np.testing.assert_allclose(model.raw_score(features), expected["raw_score"], rtol=1e-12)
    np.testing.assert_allclose(model.predict(features), expected["predicted"], rtol=1e-12)


@pytest.mark.parametrize("file", STORED, ids=lambda file: f"{file.parent.name}/{file.name.split('.')[0]}")
def test_a_stored_model_still_passes_the_check_of_its_trees(file: Path) -> None:
    model = read_model(file.with_name(file.name.removesuffix(".expected.json")))
    for booster in model.boosters:
        assert check_monotone(booster, model.metadata["constraints"]) is None  # a broken constraint raises
