"""Cuts are frozen once, and survive storage."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from riskkit.errors import DataContractError, ModelStoreError
from riskkit.tiers.cuts import FrozenTiers, fit_cuts
from riskkit.tiers.policy import TierPolicy

Shipped = Callable[[str], TierPolicy]
Predictions = Callable[..., pd.DataFrame]


def test_fixed_probabilities_need_no_population(shipped: Shipped) -> None:
    assert fit_cuts(shipped("three_level"), None, reference_population="none").cuts == (0.087, 0.16)


def test_shares_become_the_probability_of_the_last_member_inside(shipped: Shipped, predictions: Predictions) -> None:
    # 10 members: 10% high is 1 (cut .10 = its own risk), 40% medium and above is 4
    frozen = fit_cuts(
        shipped("probability_only"), predictions(*np.arange(1, 11) / 100), reference_population="ten members"
    )
    assert frozen.cuts == (0.07, 0.10)
    assert frozen.members == 10


def test_ties_at_a_share_stay_below_it(shipped: Shipped, predictions: Predictions) -> None:
    # the fourth and fifth tie at .2, so only three of the four places for medium and above are taken
    risks = [0.9, 0.5, 0.4, 0.2, 0.2, 0.1, 0.1, 0.1, 0.1, 0.1]
    frozen = fit_cuts(shipped("probability_only"), predictions(*risks), reference_population="ties")
    assert frozen.cuts == (0.4, 0.9)


def test_shares_of_equal_predictions_are_refused(shipped: Shipped, predictions: Predictions) -> None:
    with pytest.raises(DataContractError, match="of 20 members cannot be cut"):
        fit_cuts(shipped("probability_only"), predictions(*[0.2] * 20), reference_population="equal")


def test_frozen_tiers_are_the_same_after_json(shipped: Shipped, predictions: Predictions) -> None:
    frozen = fit_cuts(shipped("probability_only"), predictions(*np.arange(1, 11) / 100), reference_population="ten")
    assert FrozenTiers.from_dict(json.loads(json.dumps(frozen.to_dict()))) == frozen


def test_a_stored_value_that_is_absent_is_named(shipped: Shipped) -> None:
    values = fit_cuts(shipped("three_level"), None, reference_population="none").to_dict()
    del values["cuts"]
    with pytest.raises(ModelStoreError, match="frozen tiers: cuts: Field required"):
        FrozenTiers.from_dict(values)


@pytest.mark.parametrize("risk", [-0.1, 1.1, np.nan])
def test_a_prediction_that_is_no_probability_is_refused(
    shipped: Shipped, predictions: Predictions, risk: float
) -> None:
    with pytest.raises(DataContractError, match=r"found 1 of 2 outside 0\.\.1"):
        fit_cuts(shipped("probability_only"), predictions(0.5, risk), reference_population="wrong")


def test_predictions_of_another_outcome_are_refused(shipped: Shipped, predictions: Predictions) -> None:
    with pytest.raises(
        DataContractError, match="outcome 'admission': expected probabilities between 0 and 1, found no row"
    ):
        fit_cuts(shipped("probability_only"), predictions(0.5, outcome="cost"), reference_population="wrong")
