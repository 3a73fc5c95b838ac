"""A budget of trials is trials, one of minutes is minutes, and one of both ends with the first that is reached."""

from __future__ import annotations

from dataclasses import replace

import pytest

from riskkit.data.presets import find_presets
from riskkit.workflow.scheme import Scheme, read_scheme
from riskkit.workflow.search import with_budget


@pytest.fixture(scope="module")
def county() -> Scheme:
    return read_scheme(find_presets() / "pipelines" / "synthetic.toml")


@pytest.mark.parametrize(
    ("trials", "minutes", "expected"),
    [
        (40, None, (40, None)),  # trials alone lift the limit of time
        (None, 5.0, (None, 300.0)),  # minutes alone lift the limit of trials
        (40, 5.0, (40, 300.0)),
        (0, None, (0, None)),
    ],
)
def test_the_run_says_what_limits_the_search(
    county: Scheme, trials: int | None, minutes: float | None, expected: tuple[int | None, float | None]
) -> None:
    run = county.file.run.model_copy(update={"tuning_trials": trials, "tuning_minutes": minutes})
    asked = replace(county, file=county.file.model_copy(update={"run": run}))
    tuning = with_budget(asked, county.outcomes[0]).tuning
    assert (tuning.trials, tuning.timeout_seconds) == expected


def test_a_run_that_asks_for_nothing_leaves_the_file_its_two_limits(county: Scheme) -> None:
    run = county.file.run.model_copy(update={"tuning_trials": None, "tuning_minutes": None})
    silent = replace(county, file=county.file.model_copy(update={"run": run}))
    assert with_budget(silent, county.outcomes[0]) is county.outcomes[0]
