"""Policies and contracts that the tests of the settlement share."""

from __future__ import annotations

from typing import Any

import pytest

from riskkit.data.presets import find_presets
from riskkit.policy import read_policy
from riskkit.settlement.policy import SettlementPolicy


def number(value: float, unit: str = "fraction") -> dict[str, Any]:
    return {"value": value, "unit": unit, "reference": "test", "effective": "2025-01-01"}


def make_policy(**blocks: Any) -> SettlementPolicy:
    values: dict[str, Any] = {
        "name": "test",
        "title": "Test",
        "title_zh": "测试",
        "reference": "test",
        "effective": "2025-01-01",
        "currency": "CNY",
        "minor_unit": number(0.01, "CNY"),
        **blocks,
    }
    return SettlementPolicy.model_validate(values)


def bands(*pairs: tuple[float | None, float]) -> list[dict[str, Any]]:
    return [{"team_share": number(share), **({} if upto is None else {"upto": number(upto)})} for upto, share in pairs]


@pytest.fixture(scope="session")
def seed_policy() -> SettlementPolicy:
    return read_policy(find_presets() / "models" / "settlement" / "seed_50_70.toml", SettlementPolicy)
