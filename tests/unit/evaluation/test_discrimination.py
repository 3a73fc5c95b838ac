"""AUROC and average precision, by hand and against scikit-learn."""

from __future__ import annotations

import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score

from riskkit.evaluation.discrimination import compute_auroc, compute_average_precision


def test_a_tie_counts_one_half() -> None:
    # Pairs event/non-event: (.5,.5) one half, (.5,.1) one: 1.5 of 2.
    assert compute_auroc([1, 0, 0], [0.5, 0.5, 0.1]) == 0.75


def test_a_weight_counts_as_that_many_rows() -> None:
    observed, predicted, weight = [1, 0, 1, 0], [0.9, 0.7, 0.4, 0.4], [1, 3, 2, 1]
    repeated = [np.repeat(column, weight) for column in (observed, predicted)]
    np.testing.assert_allclose(compute_auroc(observed, predicted, weight), compute_auroc(*repeated))
    np.testing.assert_allclose(
        compute_average_precision(observed, predicted, weight), compute_average_precision(*repeated)
    )


def test_weighted_values_with_ties_equal_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    predicted = rng.integers(0, 20, 500) / 20
    observed = (rng.random(500) < predicted).astype(float)
    weight = rng.uniform(0.1, 3, 500)
    arguments = {"sample_weight": weight}
    np.testing.assert_allclose(
        compute_auroc(observed, predicted, weight), roc_auc_score(observed, predicted, **arguments), rtol=1e-12
    )
    np.testing.assert_allclose(
        compute_average_precision(observed, predicted, weight),
        average_precision_score(observed, predicted, **arguments),
        rtol=1e-12,
    )


def test_one_class_alone_has_no_auroc() -> None:
    assert np.isnan(compute_auroc([0, 0], [0.1, 0.2]))
    assert np.isnan(compute_average_precision([0, 0], [0.1, 0.2]))
    assert np.isnan(compute_auroc([1, 1], [0.1, 0.2]))
