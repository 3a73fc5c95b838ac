"""A tier policy that cannot be carried out is refused when it is read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from riskkit.errors import PolicyError
from riskkit.policy import read_policy
from riskkit.tiers.policy import TierPolicy

Shipped = Callable[[str], TierPolicy]
TEXT = (Path(__file__).parents[3] / "models" / "tiers" / "three_level.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["three_level", "seed_hba1c", "probability_only", "readmission"])
def test_every_shipped_policy_reads_and_orders_low_medium_high(shipped: Shipped, name: str) -> None:
    policy = shipped(name)
    assert policy.name == name
    assert [(tier.name, tier.package) for tier in policy.tiers] == [
        ("low", "basic"),
        ("medium", "intermediate"),
        ("high", "advanced"),
    ]


def _refusal(tmp_path: Path, text: str) -> str:
    file = tmp_path / "scheme.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError) as caught:
        read_policy(file, TierPolicy)
    message = str(caught.value)
    assert message.startswith(str(file))
    assert "\n" not in message
    return message


def test_probability_cuts_that_do_not_increase_are_refused(tmp_path: Path) -> None:
    message = _refusal(tmp_path, TEXT.replace("value = 0.16", "value = 0.05"))
    assert "cuts" in message
    assert "probability cuts must increase from tier to tier, got [0.087, 0.05]" in message


def test_a_cut_outside_zero_and_one_is_refused(tmp_path: Path) -> None:
    message = _refusal(tmp_path, TEXT.replace("value = 0.16", "value = 16"))
    assert "[cuts] numbers: tier 'high' must be between 0 and 1 (both excluded), got 16.0" in message


def test_an_hba1c_upper_limit_below_the_lower_one_is_refused(tmp_path: Path) -> None:
    message = _refusal(tmp_path, TEXT.replace("value = 9.0", "value = 6.0"))
    assert "[rule.high_above]: must be above low_below, got high_above=6.0, low_below=6.5" in message


def test_an_unknown_key_is_named(tmp_path: Path) -> None:
    assert "unknown key 'cutt'" in _refusal(
        tmp_path, TEXT.replace('method = "probability"', 'cutt = 1\nmethod = "share"')
    )


def test_cuts_for_other_tiers_than_those_above_the_lowest_are_refused(tmp_path: Path) -> None:
    message = _refusal(tmp_path, TEXT.replace('tier = "medium"', 'tier = "low"'))
    assert "must name the tiers ['medium', 'high'] in this order, got ['low', 'high']" in message


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"combine": None}, "combine belongs with"),
        ({"rule": None}, "combine belongs with"),
        ({"rule": None, "combine": None, "cuts": None}, "got neither"),
        ({"cuts": None, "combine": None}, "leaves members without HbA1c unassessed"),
    ],
)
def test_blocks_that_do_not_go_together_are_refused(
    written: Callable[[str], dict[str, Any]], change: dict[str, None], said: str
) -> None:
    values = {key: value for key, value in written("three_level").items() if key not in change}
    with pytest.raises(ValueError, match=said):
        TierPolicy.model_validate(values)


def test_the_rule_needs_exactly_three_tiers(written: Callable[[str], dict[str, Any]]) -> None:
    values = written("seed_hba1c")
    values["tiers"] = values["tiers"][:2]
    with pytest.raises(ValueError, match="exactly three tiers, got 2"):
        TierPolicy.model_validate(values)


def test_a_tier_named_twice_or_unassessed_is_refused(written: Callable[[str], dict[str, Any]]) -> None:
    values = written("seed_hba1c")
    values["tiers"][1]["name"] = "unassessed"
    with pytest.raises(ValueError, match="each named once and none 'unassessed'"):
        TierPolicy.model_validate(values)


def test_shares_that_leave_nobody_in_the_lowest_tier_are_refused(written: Callable[[str], dict[str, Any]]) -> None:
    values = written("probability_only")
    values["cuts"]["numbers"][0]["value"] = 0.95
    with pytest.raises(ValueError, match="sum to less than 1"):
        TierPolicy.model_validate(values)
