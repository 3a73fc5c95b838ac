"""Rates are settled against the share of cost that they were fitted to, or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from riskkit.data.presets import find_presets
from riskkit.errors import PolicyError
from riskkit.policy import read_policy
from riskkit.settlement.policy import SettlementPolicy
from riskkit.workflow.rate_table import read_rates

PRESETS = find_presets() / "models" / "settlement"


def write_rates(folder: Path, budget: int, expected: int) -> Path:
    path = folder / "rates.parquet"
    table = {"person_id": ["a"], "index_date": [pd.Timestamp("2024-01-01")], "rate_minor": [budget]}
    table["allocated_minor"] = [budget]
    pd.DataFrame(table).to_parquet(path)
    stated = {"budget_minor": budget, "expected_cost_minor": expected, "scope": "diabetes_team_pool"}
    (folder / "certificate.json").write_text(json.dumps(stated), encoding="utf-8")
    return path


def number(value: float) -> dict[str, Any]:
    return {"value": value, "unit": "fraction", "reference": "agreement of the year", "effective": "2025-01-01"}


@pytest.mark.parametrize("name", ["full_retention", "xiaoyi", "legacy_50_30", "stop_loss"])
def test_a_pool_of_40_per_cent_is_not_settled_against_the_whole_cost(tmp_path: Path, name: str) -> None:
    policy = read_policy(PRESETS / f"{name}.toml", SettlementPolicy)
    # 4,000 of 10,000 is .4, the policy counts 1
    with pytest.raises(PolicyError, match=r"budget_minor 4000 is 0\.4 of expected_cost_minor 10000"):
        read_rates(policy, write_rates(tmp_path, 4000, 10000))
    assert len(read_rates(policy, write_rates(tmp_path, 10000, 10000))) == 1


def test_the_whole_cost_is_not_settled_as_a_pool_of_40_per_cent(tmp_path: Path) -> None:
    policy = read_policy(PRESETS / "seed_50_70.toml", SettlementPolicy)
    assert len(read_rates(policy, write_rates(tmp_path, 4000, 10000))) == 1
    # .449 and .351 are within five points of .4, .46 and .34 are not
    for budget, within in ((4490, True), (3510, True), (4600, False), (3400, False)):
        path = write_rates(tmp_path, budget, 10000)
        if within:
            assert len(read_rates(policy, path)) == 1
        else:
            with pytest.raises(PolicyError, match=r"pool_share = 0\.4"):
                read_rates(policy, path)


def test_another_share_is_settled_where_the_policy_says_that_it_is_meant(tmp_path: Path) -> None:
    policy = read_policy(PRESETS / "full_retention.toml", SettlementPolicy)
    actual = {"amount": "allowed_amount", "pool_share": number(1.0), "fitted_share": number(0.4)}
    meant = SettlementPolicy.model_validate({**policy.model_dump(), "actual": actual})
    assert len(read_rates(meant, write_rates(tmp_path, 4000, 10000))) == 1
    with pytest.raises(PolicyError, match=r"fitted_share = 0\.4"):
        read_rates(meant, write_rates(tmp_path, 10000, 10000))
