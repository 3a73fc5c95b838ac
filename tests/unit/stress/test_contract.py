"""Surplus and overspend are shared and capped by hand-checked amounts."""

from __future__ import annotations

import numpy as np
import pytest

from riskkit.stress.contract import compute_team_result
from tests.stress_policies import make_policy


def test_each_side_has_its_own_share() -> None:
    contract = make_policy(contract__retention=0.6, contract__overspend_share=0.4).contract
    # 10 x .6 = 6; -10 x .4 = -4; nothing on the point.
    result = compute_team_result(contract, np.array([100.0, 100.0, 100.0]), np.array([90.0, 110.0, 100.0]))
    assert result == pytest.approx([6, -4, 0])


def test_caps_are_shares_of_the_prepaid_sum() -> None:
    numbers = {"contract__retention": 1, "contract__overspend_share": 1}
    contract = make_policy(**numbers, contract__gain_cap=0.1, contract__loss_cap=0.05).contract
    result = compute_team_result(contract, np.array([200.0, 200.0]), np.array([100.0, 300.0]))
    assert result == pytest.approx([20, -10])
