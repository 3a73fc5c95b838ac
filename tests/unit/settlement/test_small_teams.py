"""Luck neither pays nor costs: intervals, credibility and the noise of a panel."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from riskkit.settlement.small_teams import compute_panel_noise, draw_to_book, shrink_to_book, wilson_interval


def test_the_wilson_interval_is_the_textbook_one() -> None:
    # Wilson at 95% for 8 of 10: (.4901, .9433) (Newcombe 1998, method 3); 0 of 10 ends at z2 / (10 + z2) = .2775
    low, high = wilson_interval(np.array([8.0, 0.0]), np.array([10.0, 10.0]), 0.95)
    assert low.tolist() == pytest.approx([0.4901, 0.0], abs=1e-4)
    assert high.tolist() == pytest.approx([0.9433, 0.2775], abs=1e-4)


def test_a_team_whose_interval_holds_the_book_counts_as_the_book() -> None:
    # book 60%; 3 of 10 is luck, 300 of 1,000 is not
    events, trials = np.array([3.0, 300.0, 897.0]), np.array([10.0, 1000.0, 990.0])
    drawn = draw_to_book(events, trials, 0.95)
    assert drawn[0] == pytest.approx(1200 / 2000)
    assert 0.3 < drawn[1] < 0.35
    assert 0.88 < drawn[2] < 897 / 990


def test_teams_that_differ_by_luck_alone_count_as_the_book() -> None:
    # 10, 11 and 9 of 20: between-team variance is below what chance gives
    assert shrink_to_book(np.array([10.0, 11.0, 9.0]), np.full(3, 20.0)).tolist() == pytest.approx([0.5] * 3)


def test_a_lone_team_counts_as_itself_since_it_is_the_book() -> None:
    assert shrink_to_book(np.array([3.0]), np.array([10.0])).tolist() == [0.3]


@pytest.mark.parametrize(
    ("lives", "error"),
    # METHODS 7 [V], coefficient of variation 2.5
    [(200, 0.177), (1000, 0.079), (5000, 0.035), (12700, 0.022)],
)
def test_the_noise_of_a_panel_falls_with_the_root_of_its_lives(lives: int, error: float) -> None:
    totals = pd.DataFrame({"team_id": ["T"], "prepaid_minor": [100], "surplus_minor": [0], "lives": [lives]})
    noise = compute_panel_noise(totals, 2.5, thin_below=5000)
    assert noise["standard_error_pct"].iloc[0] == pytest.approx(error, abs=0.0005)
    # as costly as prepaid: half of all years end with a surplus
    assert noise["chance_by_luck"].iloc[0] == pytest.approx(0.5)
    assert noise["thin_panel"].iloc[0] == (lives < 5000)
