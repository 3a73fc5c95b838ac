"""A validation sample is checked once and refused with a message that helps."""

from __future__ import annotations

import numpy as np
import pytest

from riskkit.errors import DataContractError
from riskkit.evaluation.sample import make_sample


def test_rows_come_highest_prediction_first_and_ties_end_together() -> None:
    sample = make_sample([0, 1, 0, 1], [0.2, 0.9, 0.2, 0.5], groups=["b", "a", "b", "c"], kind="binary")
    assert sample.predicted.tolist() == [0.9, 0.5, 0.2, 0.2]
    assert sample.tie_ends.tolist() == [0, 1, 3]
    assert sample.persons.tolist() == [0, 2, 1, 1]
    assert sample.n_persons == 3


@pytest.mark.parametrize(
    ("observed", "predicted", "weight", "kind", "said"),
    [
        ([0, 1], [0.5], None, "binary", "same number"),
        ([], [], None, "cost", "same number"),
        ([0, np.nan], [0.5, 0.5], None, "binary", "1 of 2 observed values are missing"),
        ([0, 1], [0.5, np.inf], None, "binary", "predicted values are missing or infinite"),
        ([0, 1], [0.5, 0.5], [1, -1], "binary", "none below 0"),
        ([0, 1], [0.5, 0.5], [0, 0], "binary", "some above"),
        ([0, 2], [0.5, 0.5], None, "binary", "0 and 1 only"),
        ([0, 1], [0.5, 1.5], None, "binary", "calibrated probability"),
    ],
)
def test_unusable_values_are_refused(observed, predicted, weight, kind, said) -> None:
    with pytest.raises(DataContractError, match=said):
        make_sample(observed, predicted, weight, kind=kind)


def test_a_row_without_person_is_refused() -> None:
    with pytest.raises(DataContractError, match="1 are missing"):
        make_sample([0, 1], [0.5, 0.5], groups=["a", None], kind="binary")
