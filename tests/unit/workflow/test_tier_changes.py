"""What a history did is counted by rule and by code."""

from __future__ import annotations

import pandas as pd

from riskkit.workflow.tier_changes import count_changes, count_overrides, describe_changes, say_idle

DAY = pd.Timestamp("2025-01-01")


def make_tiers() -> pd.DataFrame:
    rows = [
        ("A", "high", "low", "minimum_stay", None),
        ("B", "medium", "low", "one_step_down", None),
        ("C", "medium", "low", "one_step_down", None),
        ("D", "high", "low", "clinical_override", "dka"),
        ("E", "low", "low", "predicted_risk", None),
    ]
    columns = ["person_id", "risk_tier", "model_tier", "tier_reason", "override_code"]
    return pd.DataFrame(rows, columns=columns).assign(index_date=DAY)


def make_overrides(*rows: tuple[str, str | None, str]) -> pd.DataFrame:
    found = pd.DataFrame(rows, columns=["person_id", "start_date", "expiry_date"])
    return found.assign(**{name: pd.to_datetime(found[name]) for name in ("start_date", "expiry_date")})


def test_held_and_raised_members_are_counted_by_rule_and_code() -> None:
    # D took effect; E had expired, its last day being the one before; C begins a day later; A asks for what A has
    overrides = make_overrides(
        ("D", None, "2025-07-01"),
        ("E", None, "2025-01-01"),
        ("Z", None, "2025-07-01"),
        ("C", "2025-01-02", "2025-07-01"),
        ("A", "2025-01-01", "2025-07-01"),
    )
    assert count_changes(make_tiers(), overrides) == {
        "held": {"minimum_stay": 1, "one_step_down": 2},
        "raised": {"dka": 1},
        "overrides": 5,
        "not_members": 1,
        "strangers": [{"row": 3, "person_id": "Z"}],
        "expired": 1,
        "not_yet_valid": 1,
        "without_effect": 1,
    }


def test_of_many_overrides_of_nobody_five_are_named_and_the_others_counted() -> None:
    counts = count_overrides(make_tiers(), make_overrides(*[(f"Z{place}", None, "2026-01-01") for place in range(7)]))
    assert counts["not_members"] == 7
    assert say_idle(counts) == (
        "of 7, 7 name nobody among the members and are left out "
        "(row 1: Z0, row 2: Z1, row 3: Z2, row 4: Z3, row 5: Z4 and 2 more)"
    )


def test_an_override_holds_where_it_holds_on_one_of_a_members_days() -> None:
    # A is indexed on two days; the override begins between them
    days = pd.DataFrame({"person_id": "A", "index_date": pd.to_datetime(["2025-01-01", "2025-03-01"])})
    counts = count_overrides(days, make_overrides(("A", "2025-02-01", "2025-04-01"), ("A", None, "2025-01-01")))
    assert (counts["expired"], counts["not_yet_valid"]) == (1, 0)


def test_without_a_history_there_is_nothing_to_say() -> None:
    assert count_changes(make_tiers().drop(columns="model_tier")) is None
    assert describe_changes(None) == []


def test_the_line_for_the_terminal_names_both() -> None:
    assert describe_changes(count_changes(make_tiers())) == [
        "Tiers: 3 held (minimum_stay 1, one_step_down 2), 1 raised (dka 1)"
    ]
