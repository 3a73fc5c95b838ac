"""Both estimators keep scikit-learn's protocol; each deviation is listed with its reason."""

from __future__ import annotations

from typing import Any

from sklearn.utils.estimator_checks import parametrize_with_checks

from riskkit.risk.classifier import RiskClassifier
from riskkit.risk.cost import CostRegressor
from riskkit.risk.training import TreeSettings

SMALL = TreeSettings(
    n_estimators=30, min_child_samples=2, learning_rate=0.2, bagging_fraction=1, feature_fraction=1, lambda_l2=0
)

HISTOGRAM = "histogram bins and leaf sizes count rows, so a weight of two is not the same as two rows"


def list_deviations(estimator: Any) -> dict[str, str]:
    """List the checks that an estimator cannot pass, each with its reason."""
    return {
        "check_sample_weight_equivalence_on_dense_data": HISTOGRAM,
    }


@parametrize_with_checks(
    [
        RiskClassifier(SMALL),
        CostRegressor(SMALL),
        CostRegressor(SMALL, objective="two_part"),
        CostRegressor(SMALL, objective="regression"),
    ],
    expected_failed_checks=list_deviations,
    xfail_strict=True,
)
def test_estimators_keep_the_scikit_learn_protocol(estimator: Any, check: Any) -> None:
    assert check(estimator) is None  # a broken check raises
