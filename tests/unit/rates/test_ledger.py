"""The ledger has one row per member and step."""

from __future__ import annotations

import numpy as np
import pandas as pd

from riskkit.rates.ledger import STEP_ITEMS, build_ledger


def test_rows_come_by_member_and_step_with_what_each_step_adds(members: pd.DataFrame) -> None:
    totals = {1: np.array([10.0, 10.0, 10.0]), 2: np.array([8.0, 10.0, 13.0]), 13: np.array([8.0, 10.0, 13.01])}
    ledger = build_ledger(members, totals)
    assert list(ledger) == ["person_id", "index_date", "step", "item", "amount"]
    assert ledger["person_id"].tolist() == list("AAABBBCCC")
    assert ledger["step"].tolist() == [1, 2, 13] * 3
    assert ledger["item"].tolist() == [STEP_ITEMS[1], STEP_ITEMS[2], STEP_ITEMS[13]] * 3
    assert ledger["amount"].round(9).tolist() == [10.0, -2.0, 0.0, 10.0, 0.0, 0.0, 10.0, 3.0, 0.01]


def test_steps_keep_their_numbers_from_one_to_thirteen() -> None:
    assert list(STEP_ITEMS) == sorted(STEP_ITEMS)
    assert set(STEP_ITEMS) <= set(range(1, 14))
