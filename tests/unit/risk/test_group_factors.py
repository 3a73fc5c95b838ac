"""Groups are recalibrated where the payer says that rates may differ by them, the small ones hardly."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from riskkit.errors import DataContractError, ModelStoreError, PolicyError
from riskkit.risk.group_factors import fit_group_factors, group_factors_from_dict


def make_members(kind: str, seed: int = 0) -> pd.DataFrame:
    """Twice the others' odds, or amount, in the large east and in the small north."""
    rng = np.random.default_rng(seed)
    region = np.repeat(["centre", "east", "north"], [4000, 4000, 40])
    odds = np.where(region == "centre", 1.0, 2.0)
    if kind == "cost":
        f = rng.lognormal(7.0, 0.5, len(region))
        y = f * odds * rng.gamma(1.0, 1.0, len(region))
    else:
        f = rng.beta(2.0, 8.0, len(region))
        y = (rng.random(len(region)) < f * odds / (1 - f + f * odds)).astype(float)
    ids = [f"p{row}" for row in range(len(region))]
    return pd.DataFrame({"person_id": ids, "predicted": f, "observed": y, "region": region, "sex": "f"})


@pytest.mark.parametrize("kind", ["binary", "cost"])
def test_a_large_group_is_mended_and_a_small_one_is_not_chased(kind: str) -> None:
    members = make_members(kind)
    found = fit_group_factors(members, by="region", kind=kind, declared=("region",))
    # from the centre to the east: log 2
    assert found.shifts["east"] - found.shifts["centre"] == pytest.approx(np.log(2), abs=0.12)
    assert found.credibility["north"] < 0.9
    assert found.credibility["east"] > 0.97
    own = members[members["region"] == "north"]
    level = members["observed"].sum() / members["predicted"].sum()
    alone = own["observed"].sum() / own["predicted"].sum() / level
    believed = found.apply(own["predicted"], own["region"]).sum() / own["predicted"].sum() / level
    assert 1 < believed < alone


@pytest.mark.parametrize("kind", ["binary", "cost"])
def test_the_total_is_what_was_observed(kind: str) -> None:
    members = make_members(kind)
    found = fit_group_factors(members, by="region", kind=kind, declared=("region",))
    renewed = found.apply(members["predicted"], members["region"])
    np.testing.assert_allclose(renewed.sum(), members["observed"].sum(), rtol=1e-9)


def test_within_a_group_the_order_stays_and_unknown_groups_are_left_alone() -> None:
    members = make_members("binary")
    found = fit_group_factors(members, by="region", kind="binary", declared=("region",))
    p = np.linspace(0.01, 0.99, 50)
    assert (np.diff(found.apply(p, np.full(50, "east"))) > 0).all()
    np.testing.assert_array_equal(found.apply(p, np.full(50, "west")), p)


def test_a_group_that_is_no_rate_factor_is_refused_with_the_reason() -> None:
    with pytest.raises(PolicyError, match=r"'sex' is not declared a rate factor \(declared: region\)") as caught:
        fit_group_factors(make_members("cost"), by="sex", kind="cost", declared=("region",), place="payment_cost.toml")
    assert "a sicker member of one group be cheaper" in str(caught.value)


def test_a_missing_column_and_altered_factors_are_refused() -> None:
    with pytest.raises(DataContractError, match="column 'tier' is missing"):
        fit_group_factors(make_members("cost"), by="tier", kind="cost", declared=("tier",))
    with pytest.raises(ModelStoreError, match="group factors: cannot be read"):
        group_factors_from_dict({"by": "region"})


def test_json_carries_the_shifts_and_a_missing_group_has_a_name() -> None:
    members = make_members("cost")
    members.loc[:99, "region"] = None
    found = fit_group_factors(members, by="region", kind="cost", declared=("region",))
    assert "missing" in found.shifts
    assert group_factors_from_dict(json.loads(json.dumps(found.to_dict()))) == found
