"""Counts of few persons are not shown, nor what would give them away."""

from __future__ import annotations

import numpy as np
import pandas as pd

from riskkit.data.disclosure import suppress_small_cells


def test_a_cell_of_ten_is_hidden_and_a_cell_of_eleven_is_shown() -> None:
    cells = pd.DataFrame({"group": ["a", "b", "c", "d"], "persons": [10, 11, 3, 40]})
    found = suppress_small_cells(cells, "persons")
    # Two cells are hidden, so that no total less the others gives either of them.
    assert found["suppressed"].tolist() == [True, False, True, False]
    np.testing.assert_array_equal(found["persons"], [np.nan, 11, np.nan, 40])


def test_with_one_small_cell_the_next_smallest_goes_too() -> None:
    cells = pd.DataFrame({"group": ["a", "b", "c"], "persons": [90, 20, 4]})
    # 114 in all less 90 and 20 would be the 4.
    assert suppress_small_cells(cells, "persons")["suppressed"].tolist() == [False, True, True]


def test_totals_that_may_be_known_are_guarded_group_by_group() -> None:
    cells = pd.DataFrame({"sex": ["f", "f", "m", "m"], "age": [1, 2, 1, 2], "persons": [5, 50, 60, 70]})
    assert suppress_small_cells(cells, "persons", within=["sex"])["suppressed"].tolist() == [True, True, False, False]


def test_a_cell_of_nobody_is_shown_and_hides_no_other() -> None:
    cells = pd.DataFrame({"group": ["a", "b"], "persons": [0, 30]})
    assert suppress_small_cells(cells, "persons")["suppressed"].tolist() == [False, False]


def test_figures_of_hidden_persons_go_with_their_count_and_the_input_stays() -> None:
    cells = pd.DataFrame({"group": ["a", "b"], "persons": [4, 30], "rate": [0.5, 0.1]})
    found = suppress_small_cells(cells, "persons", figures=["rate"])
    assert found["rate"].isna().all()
    assert cells["rate"].tolist() == [0.5, 0.1]
