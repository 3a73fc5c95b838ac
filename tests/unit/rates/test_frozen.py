"""Frozen rates survive storage."""

from __future__ import annotations

import json
from dataclasses import replace

import pandas as pd
import pytest

from riskkit.errors import ModelStoreError
from riskkit.rates.capitation import fit_rates
from riskkit.rates.frozen import FrozenRates
from riskkit.rates.policy import RatePolicy


@pytest.fixture
def frozen(policy: RatePolicy, members: pd.DataFrame) -> FrozenRates:
    return fit_rates(policy, members, reference_population="three members")


def test_frozen_rates_are_the_same_after_json(frozen: FrozenRates) -> None:
    assert FrozenRates.from_dict(json.loads(json.dumps(frozen.to_dict()))) == frozen


def test_a_stored_value_that_is_absent_or_wrong_is_named(frozen: FrozenRates) -> None:
    values = frozen.to_dict()
    with pytest.raises(ModelStoreError, match="frozen rates: budget_factor: "):
        FrozenRates.from_dict({**values, "budget_factor": "one"})
    del values["members"]
    with pytest.raises(ModelStoreError, match="frozen rates: members: Field required"):
        FrozenRates.from_dict(values)


def test_limits_are_multiples_of_the_base(frozen: FrozenRates) -> None:
    assert frozen.limits.floor == 0.5 * frozen.base_amount
    assert frozen.limits.cap == 3.0 * frozen.base_amount


def test_limits_are_whole_minor_units(frozen: FrozenRates) -> None:
    # Half of 2,991.5476 is 1,495.7738, three times it 8,974.6428: whoever stands there is paid 1,495.77 or 8,974.64.
    limits = replace(frozen, base_amount=2991.5476).limits
    assert (limits.floor, limits.cap) == (1495.77, 8974.64)
