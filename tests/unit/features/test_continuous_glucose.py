"""The consensus metrics on a trace of ten readings, repeated until the sensor was worn enough."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest

from riskkit.features.sensors import METRICS

Compute = Callable[..., dict[str, float]]
TRACE = (50, 60, 70, 100, 140, 180, 181, 200, 250, 300)
MIDNIGHT = datetime(2024, 1, 1)
NAMES = [f"{name}_90d" for name in METRICS]


def _worn(days: int, readings: int, *, last: int = 1, values: Sequence[float] = TRACE) -> list[dict[str, object]]:
    """Readings every quarter of an hour from midnight on, on some days up to `last` days before the index date."""
    return [
        {"time": MIDNIGHT - timedelta(days=day) + timedelta(minutes=15 * step), "glucose": values[step % len(values)]}
        for day in range(last, last + days)
        for step in range(readings)
    ]


# 4 of 10 lie in 70-180, 2 below 70 of which 1 below 54, 4 above 180 of which 1 above 250; they sum to 1531, their
# squares to 298,261. Ninety-eight repeats are 980 readings: variance (298261 - 1531 ** 2 / 10) * 98 / 979.
SD = math.sqrt((298_261 - 1531**2 / 10) * 98 / 979)
EXPECTED = [0.4, 0.2, 0.1, 0.4, 0.1, 153.1, SD, SD / 153.1, 3.31 + 0.02392 * 153.1, 14, 70 / 96]
WITHHELD = [math.nan] * 9


def test_the_metrics_of_the_trace_are_those_by_hand(compute: Compute) -> None:
    found = compute(NAMES, glucose_reading=_worn(14, 70))
    assert list(found.values()) == pytest.approx(EXPECTED)


def test_a_mean_of_154_is_an_indicator_of_699(compute: Compute) -> None:
    # METHODS section 2: 3.31 + 0.02392 * 154 = 6.99
    found = compute(["cgm_gmi_90d"], glucose_reading=_worn(14, 70, values=(154,)))
    assert found["cgm_gmi_90d"] == pytest.approx(6.99368)


@pytest.mark.parametrize(
    ("readings", "wear"),
    [
        (_worn(13, 70), [13, 70 / 96]),
        (_worn(14, 67), [14, 67 / 96]),  # 69.8 %
        (_worn(14, 70, last=78), [13, 70 / 96]),  # the 14th day lies before the window of 90 days
        (_worn(14, 70, last=0), [13, 70 / 96]),  # of the 14 days one is the index date
    ],
    ids=["13 days", "under 70 %", "window", "index date"],
)
def test_too_short_a_wear_says_nothing_but_its_length(
    compute: Compute, readings: list[dict[str, object]], wear: list[float]
) -> None:
    found = list(compute(NAMES, glucose_reading=readings).values())
    assert found == pytest.approx([*WITHHELD, *wear], nan_ok=True)


def test_a_sensor_of_five_minutes_is_as_active_as_one_of_fifteen(compute: Compute) -> None:
    often = [
        {**reading, "time": reading["time"] + timedelta(minutes=minutes)}
        for reading in _worn(14, 70)
        for minutes in (0, 5, 10)
    ]
    found = compute(["cgm_active_share_90d", "cgm_time_in_range_90d"], glucose_reading=often)
    assert list(found.values()) == pytest.approx([70 / 96, 0.4])


def test_the_last_minute_before_midnight_is_seen_and_midnight_is_not(compute: Compute) -> None:
    names = ["cgm_wear_days_90d"]
    late = [{"time": MIDNIGHT - timedelta(minutes=1), "glucose": 100}]
    assert compute(names, glucose_reading=late) == {"cgm_wear_days_90d": 1}
    assert compute(names, glucose_reading=[*late, {"time": MIDNIGHT, "glucose": 100}]) == {"cgm_wear_days_90d": 1}
