"""Age-sex factors: by hand, never falling with age where it must not, split exactly, frozen as text."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from riskkit.errors import DataContractError, ModelStoreError
from riskkit.risk.balance import Balance, balance_from_dict, fit_balance
from riskkit.risk.settings import BalanceSettings

SETTINGS = BalanceSettings(
    cells="age_sex", age_bands=(50, 65, 80), minimum_members=100, reference="test", effective=date(2024, 1, 1)
)
BALANCE = Balance((65.0,), ((0.9, 1.1), (1.0, 1.2)), ((0.1, 0.2), (0.3, 0.4)))


def make_members(n_rows: int = 8000, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "person_id": [f"p{row}" for row in range(n_rows)],
            "age_years": rng.uniform(30, 95, n_rows),
            "is_female": rng.integers(0, 2, n_rows).astype(float),
        }
    )


def fit(members: pd.DataFrame, relativity: np.ndarray, *, rising: bool, **changes: Any) -> Balance:
    cost = relativity * np.random.default_rng(1).gamma(4.0, 250.0, len(members))
    settings = SETTINGS.model_copy(update=changes)
    return fit_balance(
        members, np.full(len(members), 1000.0), cost, np.ones(len(members)), settings=settings, rising=rising
    )


def test_a_birthday_is_the_first_day_of_a_band() -> None:
    members = pd.DataFrame({"age_years": [64.999, 65.0], "is_female": [1.0, 1.0]})
    assert BALANCE.compute_factor(members).tolist() == [1.0, 1.2]


def test_factors_recover_what_age_and_sex_cost() -> None:
    members = make_members()
    true = np.where(members["age_years"] >= 65, 1.2, 0.9) * np.where(members["is_female"] == 1, 0.95, 1.05)
    found = fit(members, true, rising=True).compute_factor(members)
    # a thousand members a cell with a coefficient of variation of .5: 4 standard errors are .064
    assert np.abs(found / (true / true.mean()) - 1).max() < 0.064


def test_where_cost_must_not_fall_with_age_no_factor_does() -> None:
    members = make_members()
    falling = 1.3 - members["age_years"].to_numpy() / 200
    held, free = (fit(members, falling, rising=rising) for rising in (True, False))
    assert (np.diff(held.factors, axis=1) >= 0).all()
    assert (np.diff(free.factors, axis=1) < 0).all()


def test_factors_keep_the_expected_total() -> None:
    members = make_members()
    balance = fit(members, np.where(members["age_years"] >= 65, 2.0, 1.0), rising=True)
    np.testing.assert_allclose(balance.compute_factor(members).mean(), 1.0, rtol=1e-12)


def test_a_small_cell_has_the_factor_of_its_neighbour_in_age() -> None:
    members = make_members()
    old = (members["age_years"] >= 80) & (members["is_female"] == 1)
    members = members[~old | (np.cumsum(old) <= 50)].reset_index(drop=True)
    balance = fit(members, 1 + members["age_years"].to_numpy() / 50, rising=True)
    assert balance.factors[1][2] == balance.factors[1][3]
    assert balance.factors[0][2] != balance.factors[0][3]


def test_a_member_whose_age_or_sex_is_not_known_has_the_common_level() -> None:
    unknown = pd.DataFrame({"age_years": [np.nan, 70.0], "is_female": [1.0, np.nan]})
    np.testing.assert_allclose(BALANCE.compute_factor(unknown), np.exp(BALANCE.level), rtol=1e-12)
    assert (BALANCE.split_factor(unknown) == 0).all(axis=None)


def test_age_and_sex_share_a_factor_as_shapley_does() -> None:
    # logs: men -.1054, .0953; women 0, .1823. Level .1 (-.1054) + .2 (.0953) + 0 + .4 (.1823) = .0815.
    # Age alone, over the sexes .3 and .7: young -.0316, old .1562.
    # Sex alone, over the ages .4 and .6: men .0150, women .1094.
    # Old woman: age = (.1562 - .0815 + .1823 - .1094) / 2 = .0738; sex = .1823 - .0815 - .0738 = .0270
    split = BALANCE.split_factor(pd.DataFrame({"age_years": [70.0], "is_female": [1.0]}))
    np.testing.assert_allclose(split.iloc[0].tolist(), [0.0738, 0.0270], atol=1e-4)


def test_split_and_level_make_the_factor() -> None:
    members = make_members(200)
    logs = BALANCE.split_factor(members).sum(axis=1) + BALANCE.level
    np.testing.assert_allclose(np.exp(logs), BALANCE.compute_factor(members), rtol=1e-12)


def test_json_carries_factors_without_loss() -> None:
    assert balance_from_dict(json.loads(json.dumps(BALANCE.to_dict()))) == BALANCE


@pytest.mark.parametrize(
    "change", [{"factors": [[0.9, 1.1], [1.0, -1.2]]}, {"factors": [[0.9], [1.0]]}, {"band_starts": "x"}, {"z": 1}]
)
def test_stored_factors_that_are_none_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ModelStoreError, match="balance: "):
        balance_from_dict({**BALANCE.to_dict(), **change})


def test_members_without_age_are_refused() -> None:
    with pytest.raises(DataContractError, match="column 'age_years' is missing, and the age-sex factors need it"):
        BALANCE.compute_factor(pd.DataFrame({"is_female": [1.0]}))
