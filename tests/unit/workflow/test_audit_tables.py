"""Tables of an audit: which groups have a price, in which order tiers stand, and where rates are adequate."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from riskkit.evaluation.net_compensation import compute_net_compensation
from riskkit.workflow.audit import read_audit_policy
from riskkit.workflow.audit_tables import judge_adequacy, sort_tiers, tabulate_mapl, tabulate_price

ASKED = read_audit_policy(None)


def make_frame(gap: dict[str, float], *, noise: float = 50.0) -> pd.DataFrame:
    """400 members a region and sex at random, all paid alike for their age; a region costs its gap more."""
    rng = np.random.default_rng(1)
    rows = 400 * len(gap)
    region = np.repeat(list(gap), 400)
    age = rng.uniform(40, 80, rows)
    paid = 1000 + 20 * (age - 60) + rng.normal(0, 30, rows)
    cost = paid + np.array([gap[name] for name in region]) + rng.normal(0, noise, rows)
    return pd.DataFrame(
        {
            "person_id": [f"P{row:04d}" for row in range(rows)],
            "observed": cost,
            "predicted": paid,
            "weight": 1.0,
            "age_years": age,
            "region": region,
            "sex": rng.choice(["female", "male"], rows),
        }
    )


def price(frame: pd.DataFrame) -> pd.DataFrame:
    groups = compute_net_compensation(frame, ["region", "sex"], n_bootstrap=60)
    return tabulate_price(frame, groups, ASKED)


def test_the_group_that_lacks_more_than_all_do_has_a_price() -> None:
    found = price(make_frame({"east": -100.0, "west": 200.0}))
    assert found["group"].unique().tolist() == ["region: west"]
    # theta 0, .2 ... 1, with the overall mean held and free
    assert len(found) == 12
    closed = found[(found["theta"] == 1.0) & found["keeps_total"]]
    assert closed["group_net_compensation"].item() == pytest.approx(0, abs=1e-6)
    assert {"mapl", "r2"} <= set(found.columns)


def test_a_team_that_lacks_more_than_all_do_has_a_price_after_the_groups() -> None:
    frame = make_frame({"east": -100.0, "west": 200.0}).assign(
        team_id=lambda rows: rows["region"].map({"east": "T1", "west": "T2"})
    )
    groups = compute_net_compensation(frame, ["region", "team_id"], n_bootstrap=60)
    assert tabulate_price(frame, groups, ASKED)["group"].unique().tolist() == ["region: west", "team_id: T2"]


def test_what_all_lack_alike_is_nobodys_price() -> None:
    # every region costs 300 more than it is paid: no group lacks more than the whole
    assert price(make_frame({"east": 300.0, "west": 300.0})).empty


def test_tiers_stand_from_low_to_high_and_other_groups_as_they_were() -> None:
    groups = pd.DataFrame(
        {
            "grouping": ["risk_tier"] * 3 + ["tier_decile"] * 3 + ["sex"] * 2,
            "group": ["high", "low", "medium", "high 01", "low 01", "low 02", "male", "female"],
        }
    )
    found = sort_tiers(groups, ["low", "medium", "high"])["group"].tolist()
    assert found == ["low", "medium", "high", "low 01", "low 02", "high 01", "male", "female"]


def test_adequacy_counts_the_member_years_of_the_groups_within_the_band() -> None:
    groups = pd.DataFrame(
        {
            "grouping": "decile",
            "group": list("abcd"),
            "suppressed": [False, False, False, True],
            "share": [0.5, 0.3, 0.1, 0.1],
            "ratio": [1.0, 1 / 1.05, 1 / 1.2, 1.0],
        }
    )
    # A/E of 1, 1.05 and 1.2: the first two lie within 10%, .8 of the .9 that are shown
    found = judge_adequacy(groups, ASKED)
    assert found["share"] == pytest.approx(0.8 / 0.9)
    assert (found["level"], found["verdict"]) == ("decile", "missed")


def test_each_partition_has_its_predictable_profit_or_loss() -> None:
    frame = make_frame({"east": -100.0, "west": 100.0}, noise=0.0)
    found = tabulate_mapl(frame, ["region"], n_bootstrap=20, seed=0).set_index("partition")
    # half is paid 100 too much, half 100 too little
    assert found.loc["region", "value"] == pytest.approx(100.0)
