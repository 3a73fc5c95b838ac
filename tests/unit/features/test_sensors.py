"""The metrics of the consensus are declared once each, over one window."""

from __future__ import annotations

from riskkit.features.continuous_glucose import VALUES
from riskkit.features.sensors import METRICS, sensor_features


def test_every_metric_is_a_feature_and_none_enters_a_rate() -> None:
    features = sensor_features()
    assert {feature.column for feature in features} == VALUES.keys()
    assert len(features) == len(METRICS)
    assert {(feature.window_days, feature.policy) for feature in features} == {(90, "clinical")}
