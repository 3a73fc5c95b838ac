"""A settlement policy that cannot be carried out is refused where it is read, with place and remedy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from riskkit.data.presets import find_presets
from riskkit.errors import PolicyError
from riskkit.policy import read_policy
from riskkit.settlement.policy import SettlementPolicy
from riskkit.settlement.scorecard_policy import Scorecard
from tests.unit.settlement.conftest import bands, make_policy, number

FULL = {"bands": bands((None, 1.0))}


@pytest.mark.parametrize(
    ("blocks", "reason"),
    [
        ({"terms": {"surplus": {"bands": bands((0.1, 1.0))}}}, "the last has none"),
        ({"terms": {"surplus": {"bands": bands((0.2, 1.0), (0.1, 0.5), (None, 0.2))}}}, "above the one before"),
        ({"terms": {"surplus": {"bands": bands((None, 1.2))}}}, "team_share must lie in 0 to 1"),
        ({"sequestration": [number(2)]}, "sequestration must lie in 0 to 1"),
        ({"sequestration": [number(0.02), number(0.01)]}, "the days must rise"),
        ({"terms": {"surplus": {**FULL, "minimum": {}}}}, "either rate or by_lives"),
        ({"terms": {"surplus": FULL}, "tracks": {"1": {}}}, "either [terms] or [tracks]"),
        ({"minor_unit": number(0.03)}, "whole parts"),
        (
            {"terms": {"overspend": {**FULL, "causes": {"x": {"payers": {"fund": number(0.7), "city": number(0.4)}}}}}},
            "sum to at most 1",
        ),
        ({"terms": {"overspend": {**FULL, "causes": {"x": {"payers": {"team": number(0.7)}}}}}}, "Remove 'team'"),
        (
            {"terms": {"overspend": {**FULL, "complement": {"floor": number(0.8), "ceiling": number(0.4)}}}},
            "in this order",
        ),
        ({"distribution": {"weights": {"role": number(0.5)}}}, "sum to 1"),
        ({"withhold": {"rate": number(20), "full_score": number(100)}}, "rate must lie in 0 to 1"),
        ({"bonuses": {"x": {"kind": "fall", "measure": "r", "method": "stepped"}}}, "Field required"),
    ],
)
def test_a_policy_that_cannot_be_carried_out_is_refused(blocks: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError) as caught:
        make_policy(**blocks)
    assert reason in str(caught.value)


def test_every_number_of_every_preset_has_unit_reference_and_date() -> None:
    # PolicyNumber refuses a number without them, and no other number is allowed but the year from which a cap holds
    folder = find_presets() / "models" / "settlement"
    assert all(read_policy(path, SettlementPolicy).reference for path in sorted(folder.glob("*.toml")))
    assert all(read_policy(path, Scorecard).reference for path in sorted((folder / "scorecards").glob("*.toml")))


def test_a_misspelt_key_is_named_with_its_block(tmp_path: Path) -> None:
    text = (find_presets() / "models" / "settlement" / "full_retention.toml").read_text(encoding="utf-8")
    path = tmp_path / "mine.toml"
    path.write_text(text.replace("[[terms.surplus.bands]]", "[[terms.surplus.band]]"), encoding="utf-8")
    with pytest.raises(PolicyError, match=r"mine.toml \[terms.surplus\] band: unknown key 'band'"):
        read_policy(path, SettlementPolicy)


@pytest.mark.parametrize(
    ("block", "found"),
    [({"threshold": 0.0}, "threshold.*must be above 0"), ({"fund_share": 1.2}, "fund_share")],
)
def test_a_stop_loss_has_a_threshold_and_a_fraction(block: dict[str, float], found: str) -> None:
    values = {"threshold": 100.0, "fund_share": 0.8, **block}
    stop_loss = {"basis": "spend", **{name: number(value) for name, value in values.items()}}
    with pytest.raises(ValidationError, match=f"(?s){found}"):
        make_policy(stop_loss=stop_loss)
