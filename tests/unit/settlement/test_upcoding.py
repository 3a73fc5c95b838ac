"""Coding is held to what members alike are coded with, and small teams are drawn to it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from riskkit.settlement.monitor_policy import Upcoding
from riskkit.settlement.upcoding import compare_coding
from tests.unit.settlement.conftest import number

UPCODING = Upcoding.model_validate(
    {
        "analyte": "hba1c",
        "cuts": [number(7.0), number(9.0)],
        "age_cuts": [number(65)],
        "most_deviation": number(0.15),
    }
)


def test_a_team_that_codes_half_as_much_again_is_named_and_a_small_one_is_not() -> None:
    rng = np.random.default_rng(3)
    sizes = {f"T{at:02}": 1500 for at in range(12)} | {"UP": 1500, "SMALL": 10}
    team = np.repeat(list(sizes), list(sizes.values()))
    value = rng.choice([6.5, 8.0, 10.0, np.nan], len(team))
    rate = np.where(value >= 9, 0.5, 0.25) * np.where(team == "UP", 1.5, 1.0)
    coded = (rng.random(len(team)) < rate).astype(float)
    coded[team == "SMALL"] = [1.0] * 6 + [0.0] * 4
    members = pd.DataFrame({"team_id": team, "age": 60.0, "sex": "male", "value": value, "coded": coded})
    table = compare_coding(UPCODING, members).set_index("team_id")
    assert table.index[table["upcoding_alert"]].tolist() == ["UP"]
    assert table["expected"].sum() == pytest.approx(table["coded"].sum())


def test_teams_alike_are_not_told_apart() -> None:
    members = pd.DataFrame(
        {"team_id": ["T", "U"] * 50, "age": 60.0, "sex": "male", "value": np.nan, "coded": [1.0, 0.0, 0.0, 1.0] * 25}
    )
    assert compare_coding(UPCODING, members)["credible_ratio"].tolist() == [1.0, 1.0]
