"""Every number of a policy is listed once, with what an auditor asks."""

from __future__ import annotations

from riskkit.stress.numbers import list_numbers
from riskkit.stress.reading import read_stress_policy
from tests.stress_policies import BASE, MODELS


def test_every_number_of_the_base_is_listed_with_its_place() -> None:
    listed = {row["place"]: row for row in list_numbers(read_stress_policy(BASE))}
    assert listed["trend.mean"]["value"] == 0.03
    assert listed["tiers[high].rate"]["unit"] == "CNY per member year"
    assert listed["redline.limit"]["effective"] == "2025-01-01"
    # As many as the file has inline tables with a value.
    assert len(listed) == BASE.read_text(encoding="utf-8").count("{ value =")


def test_prices_and_effects_go_by_their_names() -> None:
    places = [row["place"] for row in list_numbers(read_stress_policy(MODELS / "cgm_price.toml"))]
    assert "prices[continuous glucose monitoring, a year of use].after" in places
