"""From frames to numbers: order, names, types and folds."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from riskkit.errors import DataContractError
from riskkit.risk.matrix import ModelFrame, assign_folds, make_matrix


def make_keys(persons: list[str]) -> pd.DataFrame:
    return pd.DataFrame({"person_id": persons, "index_date": pd.Timestamp("2023-01-01"), "a": range(len(persons))})


def test_columns_are_taken_by_name_not_by_place() -> None:
    frame = pd.DataFrame({"b": [1.0], "a": [2.0]})
    np.testing.assert_array_equal(make_matrix(frame, ["a", "b"]), [[2.0, 1.0]])


def test_missing_values_of_every_dtype_become_nan() -> None:
    frame = pd.DataFrame({"a": pd.array([1, None], dtype="Int64"), "b": pd.array([True, None], dtype="boolean")})
    np.testing.assert_array_equal(make_matrix(frame, ["a", "b"]), [[1.0, 1.0], [np.nan, np.nan]])


def test_a_missing_column_is_named() -> None:
    with pytest.raises(DataContractError, match=r"column 'egfr' is missing \(1 of 2 are\)"):
        make_matrix(pd.DataFrame({"a": [1.0]}), ["a", "egfr"])


@pytest.mark.parametrize(
    "column",
    [
        pd.Series(["1", "2"]),
        pd.Series(["x", "y"], dtype="category"),
        pd.Series([1.0, 2.0]).astype("category"),
        pd.Series(pd.to_datetime(["2023-01-01", "2023-01-02"])),
    ],
)
def test_text_categories_and_dates_never_reach_the_booster(column: pd.Series) -> None:
    with pytest.raises(DataContractError, match="column 'a' has dtype"):
        make_matrix(pd.DataFrame({"a": column}), ["a"])


def test_an_infinite_number_is_named() -> None:
    with pytest.raises(DataContractError, match="column 'b' holds an infinite number"):
        make_matrix(pd.DataFrame({"a": [1.0], "b": [np.inf]}), ["a", "b"])


def test_sorting_moves_labels_and_weights_with_their_rows() -> None:
    frame = ModelFrame(make_keys(["c", "a", "b"]), np.array([3.0, 1.0, 2.0]), np.array([0.3, 0.1, 0.2])).sort()
    assert frame.features["person_id"].tolist() == ["a", "b", "c"]
    assert frame.features.index.tolist() == [0, 1, 2]
    np.testing.assert_array_equal(frame.observed, [1.0, 2.0, 3.0])
    np.testing.assert_array_equal(frame.weight, [0.1, 0.2, 0.3])


def test_a_frame_whose_parts_do_not_fit_is_refused() -> None:
    ones = np.ones(2)
    with pytest.raises(DataContractError, match=r"have \[2, 3\] rows"):
        ModelFrame(make_keys(["a", "b", "c"]), ones, ones)
    with pytest.raises(DataContractError, match="person_id='a' has two rows"):
        ModelFrame(make_keys(["a", "a"]), ones, ones)
    with pytest.raises(DataContractError, match="column 'person_id' is missing"):
        ModelFrame(make_keys(["a", "b"]).drop(columns="person_id"), ones, ones)
    with pytest.raises(DataContractError, match="must be finite"):
        ModelFrame(make_keys(["a", "b"]), ones, np.array([1.0, -1.0]))
    with pytest.raises(DataContractError, match="must be finite"):
        ModelFrame(make_keys(["a", "b"]), np.array([1.0, np.nan]), ones)


def test_a_person_is_in_one_fold_wherever_the_rows_stand() -> None:
    persons = np.array(["a", "b", "c", "a", "d", "b"])
    folds = assign_folds(persons, n_folds=2, seed=1)
    order = np.array([5, 3, 1, 0, 4, 2])
    np.testing.assert_array_equal(assign_folds(persons[order], n_folds=2, seed=1), folds[order])
    assert folds[0] == folds[3]
    assert folds[1] == folds[5]
    assert sorted(np.bincount(folds[[0, 1, 2, 4]]).tolist()) == [2, 2]
