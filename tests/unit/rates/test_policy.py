"""A rate policy that cannot be carried out is refused when it is read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from riskkit.errors import PolicyError
from riskkit.policy import read_policy
from riskkit.rates.policy import RatePolicy, require_same_product

MODELS = Path(__file__).parents[3] / "models" / "rates"
TEXT = (MODELS / "capitation.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["capitation", "capitation_flat_region"])
def test_every_shipped_policy_reads_under_its_file_name(name: str) -> None:
    assert read_policy(MODELS / f"{name}.toml", RatePolicy).name == name


def test_a_cap_below_the_floor_is_refused_with_file_block_and_figures(tmp_path: Path) -> None:
    file = tmp_path / "capitation.toml"
    file.write_text(TEXT.replace("value = 3.0", "value = 0.4"), encoding="utf-8")
    with pytest.raises(PolicyError) as caught:
        read_policy(file, RatePolicy)
    assert str(caught.value) == (
        f"{file} [floor_cap.cap]: cap must be above floor, got cap=0.4, floor=0.5. Correct one of them."
    )


def test_an_unknown_key_is_refused_with_file_and_block(tmp_path: Path) -> None:
    file = tmp_path / "capitation.toml"
    file.write_text(TEXT.replace("renormalise = true", "renormalize = true\nrenormalise = true"), encoding="utf-8")
    with pytest.raises(PolicyError, match=r"\[region\] renormalize: unknown key 'renormalize'"):
        read_policy(file, RatePolicy)


def test_a_rate_without_a_product_is_refused(values: dict[str, Any]) -> None:
    del values["product"]
    with pytest.raises(ValueError, match="product"):
        RatePolicy.model_validate(values)


def test_payer_shares_that_do_not_sum_to_one_are_refused(values: dict[str, Any]) -> None:
    values["product"]["payer_split"]["fund"]["value"] = 0.9
    with pytest.raises(ValueError, match=r"sum to 1, got \[0.9, 0.2\]"):
        RatePolicy.model_validate(values)


@pytest.mark.parametrize("payers", [["banana"], ["fund"], ["member"], []])
def test_fund_and_member_are_named_among_the_payers(
    payers: list[str], values: dict[str, Any], number: Callable[[float], dict[str, Any]]
) -> None:
    values["product"]["payer_split"] = {payer: number(1.0) for payer in payers}
    said = ", ".join(payers) or "nobody"
    with pytest.raises(ValueError, match=f"names {said}, expected fund and member"):
        RatePolicy.model_validate(values)


def test_a_third_payer_may_stand_beside_them(values: dict[str, Any], number: Callable[[float], dict[str, Any]]) -> None:
    split = {"fund": number(0.7), "member": number(0.0), "employer": number(0.3)}
    values["product"]["payer_split"] = split
    assert list(RatePolicy.model_validate(values).product.payer_split) == list(split)


@pytest.mark.parametrize(("key", "value"), [("scope", ""), ("scope", "  "), ("services", [""]), ("services", [])])
def test_a_product_without_words_is_refused(key: str, value: object, values: dict[str, Any]) -> None:
    values["product"][key] = value
    with pytest.raises(ValueError, match=rf"product\.{key}"):
        RatePolicy.model_validate(values)


def test_a_base_from_a_budget_that_is_not_there_is_refused(values: dict[str, Any]) -> None:
    del values["budget"]
    with pytest.raises(ValueError, match=r"method 'budget' needs a \[budget\] block"):
        RatePolicy.model_validate(values)


def test_rates_of_different_products_are_never_compared(policy: RatePolicy, values: dict[str, Any]) -> None:
    # POLICY_RULES contradiction 1
    require_same_product(policy, policy)
    other = {**values, "product": {**values["product"], "scope": "contract_fee"}}
    with pytest.raises(PolicyError, match="scope: found 'diabetes_team_pool' and 'contract_fee'"):
        require_same_product(policy, RatePolicy.model_validate(other))
