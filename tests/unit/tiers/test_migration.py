"""Where members go from one year to the next."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from riskkit.errors import DataContractError
from riskkit.tiers.migration import compute_migration, compute_tier_psi, compute_weighted_kappa

TIERS = ["low", "medium", "high"]


def make_tiers(**tiers: str) -> pd.DataFrame:
    return pd.DataFrame({"person_id": list(tiers), "risk_tier": list(tiers.values())})


def test_entrants_leavers_and_deaths_have_their_place() -> None:
    before = make_tiers(A="low", B="low", C="high", D="medium", E="high")
    after = make_tiers(A="low", B="medium", C="high", F="low")
    found = compute_migration(before, after, TIERS, died=["E"])
    assert found.matrix.loc["low", ["low", "medium"]].tolist() == [1, 1]
    assert found.matrix.loc["medium", "left"] == 1
    assert found.matrix.loc["high", ["high", "died"]].tolist() == [1, 1]
    assert found.matrix.loc["entered", "low"] == 1
    assert found.shares.loc["high", "died"] == 0.5
    assert found.stability == pytest.approx(2 / 3)


def test_the_published_shift_of_shares_has_a_psi_of_046() -> None:
    # METHODS 5 [V]: (.5, .3, .2) -> (.4, .33, .27)
    before = pd.Series(np.repeat(TIERS, [500, 300, 200]))
    after = pd.Series(np.repeat(TIERS, [400, 330, 270]))
    assert compute_tier_psi(before, after, TIERS) == pytest.approx(0.046, abs=5e-4)
    assert compute_tier_psi(before, before, TIERS) == 0


def test_kappa_weighs_two_steps_twice() -> None:
    # margins 5 and 5: chance leaves half apart by 2 of 10 -> expected 10 (in steps of 2); one of ten moves two steps
    two_steps = np.array([[4.0, 0, 1], [0, 0, 0], [0, 0, 5]])
    # rows 5, 0, 5; columns 4, 0, 6: chance (5 x 6 + 5 x 4) / 10 = 5 members two apart = 10; found 2
    assert compute_weighted_kappa(two_steps) == pytest.approx(1 - 2 / 10)
    assert compute_weighted_kappa(np.diag([3.0, 3.0, 3.0])) == 1


def test_rises_by_codes_alone_are_counted() -> None:
    before = make_tiers(A="low", B="low", C="low", D="low")
    after = make_tiers(A="high", B="high", C="medium", D="low").assign(
        tier_reason=["severe_complication", "hba1c_above_limit", "other_complication", "other_complication"]
    )
    assert compute_migration(before, after, TIERS).coded_rises == pytest.approx(2 / 3)
    assert np.isnan(compute_migration(before, before, TIERS).coded_rises)


def test_unassessed_members_are_in_the_matrix_and_out_of_the_kappa() -> None:
    before, after = make_tiers(A="unassessed", B="low"), make_tiers(A="high", B="low")
    found = compute_migration(before, after, TIERS)
    assert found.matrix.loc["unassessed", "high"] == 1
    assert found.stability == 0.5


def test_a_person_twice_is_refused() -> None:
    twice = pd.concat([make_tiers(A="low"), make_tiers(A="high")])
    with pytest.raises(DataContractError, match="a person stands twice"):
        compute_migration(twice, make_tiers(A="low"), TIERS)
