from __future__ import annotations

import numpy as np

from riskkit.data.synthetic.records import draw_rows, rank_within, repeat_rows, sigmoid
from riskkit.data.synthetic.trajectory import Stays


def _stays() -> Stays:
    return Stays(np.array([0, 1, 2]), np.array([5, 6, 7]), np.array([0.1, 0.2, 0.3]))


def test_take_keeps_fields_aligned() -> None:
    taken = _stays().take(np.array([2, 0]))
    assert taken.row.tolist() == [2, 0]
    assert taken.cause.tolist() == [7, 5]
    assert taken.time.tolist() == [0.3, 0.1]


def test_join_stacks_records_in_order() -> None:
    joined = Stays.join([_stays(), _stays().take(np.array([1]))])
    assert len(joined) == 4
    assert joined.cause.tolist() == [5, 6, 7, 6]


def test_repeat_rows_of_nothing_is_nothing() -> None:
    assert repeat_rows(np.zeros(3, dtype="int64")).tolist() == []


def test_rank_within_restarts_with_each_group() -> None:
    assert rank_within(np.array([0, 0, 0, 5, 6, 6])).tolist() == [0, 1, 2, 0, 0, 1]
    assert rank_within(np.zeros(0, dtype="int64")).tolist() == []


def test_draw_rows_never_draws_a_column_without_a_chance(rng: np.random.Generator) -> None:
    chances = np.tile([0.0, 0.25, 0.75], (20_000, 1))
    drawn = draw_rows(chances, rng)
    assert set(drawn.tolist()) == {1, 2}
    # Standard error of a share of .25 over 20,000 draws is .003; four of them.
    assert abs((drawn == 1).mean() - 0.25) < 0.0123


def test_sigmoid_of_log_three_is_three_quarters() -> None:
    assert np.allclose(sigmoid(np.log(np.array([1.0, 3.0]))), [0.5, 0.75])
