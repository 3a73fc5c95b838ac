"""The blocks of a specification refuse what cannot be carried out."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from riskkit.risk.settings import AcceptanceLimits, CalibrationSettings, FeatureChoice, ModelSettings, TuningSettings
from riskkit.risk.training import TreeSettings


def test_the_trees_of_a_model_block_are_those_of_an_estimator() -> None:
    settings = ModelSettings(objective="binary", num_leaves=9, lambda_l2=3.0)
    assert settings.trees == TreeSettings(num_leaves=9, lambda_l2=3.0)
    assert type(settings.trees) is TreeSettings


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"objective": "binary", "cap_quantile": 0.99}, "belongs to objective 'regression'"),
        ({"objective": "two_part", "early_stopping_rounds": 5}, "does not go with objective 'two_part'"),
        ({"objective": "tweedie", "variance_power": 2.0}, "less than 2"),
        ({"objective": "poisson"}, "Input should be"),
    ],
)
def test_settings_that_do_not_go_together_are_refused(values: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        ModelSettings.model_validate(values)


@pytest.mark.parametrize("name", ["oe_ratio", "calibration_slope"])
def test_an_empty_interval_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match=r"lower must be < upper, got lower=1\.1, upper=0\.9"):
        AcceptanceLimits.model_validate({"reference": "x", "effective": date(2024, 1, 1), name: (1.1, 0.9)})


def test_limits_need_a_reference_and_a_date() -> None:
    with pytest.raises(ValidationError, match="2 validation errors"):
        AcceptanceLimits.model_validate({"oe_ratio": (0.97, 1.03)})


def test_empty_choices_are_refused() -> None:
    for block, values in (
        (FeatureChoice, {"include": []}),
        (CalibrationSettings, {"methods": []}),
        (TuningSettings, {"trials": 1, "timeout_seconds": 0}),
    ):
        with pytest.raises(ValidationError):
            block.model_validate(values)
