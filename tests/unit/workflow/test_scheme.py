"""A scheme is read with every file it names, and one that contradicts itself is refused before anything is trained."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from riskkit.errors import PolicyError
from riskkit.workflow.scheme import Scheme, read_scheme

Edit = Callable[..., Path]

PIPELINES = Path(__file__).parents[3] / "pipelines"
DRIFT = '[drift]\nindex_date = {day}\nstable = {stable}\nrefuse = [0.33, 3.0]\nreference = "test"\n\n[rates]'


def drift(day: str = "2025-01-01", stable: str = "[0.95, 1.05]") -> tuple[str, str]:
    return ("[rates]", DRIFT.format(day=day, stable=stable))


def test_a_scheme_brings_its_outcomes_tiers_and_rates_along(scheme: Scheme, start: Path) -> None:
    assert scheme.name == "synthetic"
    assert scheme.registered_name == "riskkit-synthetic"
    assert [outcome.name for outcome in scheme.outcomes] == ["admission", "payment_cost"]
    assert scheme.outcomes[0].model.num_leaves == 4
    assert scheme.tier_policy is not None
    assert scheme.tier_policy.name == "three_level"
    assert scheme.rate_policy is not None
    assert scheme.rate_policy.currency == "CNY"
    assert scheme.codelist_directory == (start / "models" / "codelists").resolve()


def test_effort_that_is_given_overrides_the_files_and_the_rest_stays(start: Path) -> None:
    file = start / "pipelines" / "synthetic.toml"
    asked = read_scheme(file, tuning_trials=3, n_bootstrap=40).file.run
    assert (asked.tuning_trials, asked.n_bootstrap, asked.seed) == (3, 40, 0)
    written = read_scheme(file).file.run
    assert (written.tuning_trials, written.n_bootstrap) == (None, 500)


@pytest.mark.parametrize("file", sorted(PIPELINES.glob("*.toml")), ids=lambda file: file.stem)
def test_every_shipped_scheme_can_be_read(file: Path) -> None:
    assert read_scheme(file).name == file.stem


def test_no_outcome_asks_for_a_feature_that_the_scheme_leaves_out(edit_scheme: Edit) -> None:
    place = edit_scheme(("[features]\n", '[features]\nexclude = ["age_years"]\n'))
    outcome = place.parents[1] / "models" / "outcomes" / "payment_cost.toml"
    outcome.write_text(outcome.read_text().replace('  "demography",', '  "age_years",\n  "is_female",', 1))
    assert read_scheme(place).outcomes[-1].features.include[0] == "is_female"


WRONG = {
    "rated outcome is none of the scheme's": (
        ('outcome = "payment_cost"', 'outcome = "next_year_cost"'),
        ("[rates] outcome", "'next_year_cost'", "Add it as [[outcome]]"),
    ),
    "rated outcome is no cost": (('outcome = "payment_cost"', 'outcome = "admission"'), ("[rates]", "'admission'")),
    "rated outcome counts a part of the cost": (
        (
            'payment_cost.toml"\n[outcome.overrides]\n',
            'payment_cost.toml"\n[outcome.overrides]\nlabel_options = { settings = ["inpatient"] }\n',
        ),
        ("[rates] outcome", "'payment_cost' counts a part of the cost alone ([label_options] settings)"),
    ),
    "unsorted dates": (
        ("[2021-01-01, 2022-01-01, 2023-01-01, 2024-01-01]", "[2022-01-01, 2021-01-01, 2023-01-01]"),
        ("[cohort] index_dates", "oldest first"),
    ),
    "the same date twice": (
        ("[2021-01-01, 2022-01-01, 2023-01-01, 2024-01-01]", "[2021-01-01, 2021-01-01, 2023-01-01]"),
        ("[cohort] index_dates", "distinct"),
    ),
    "no date": (
        ("index_dates = [2021-01-01, 2022-01-01, 2023-01-01, 2024-01-01]", ""),
        ("[cohort] index_dates", "at least one"),
    ),
    "too few dates for a split by time": (
        ("[2021-01-01, 2022-01-01, 2023-01-01, 2024-01-01]", "[2021-01-01, 2022-01-01]"),
        ("[split] method", "three index dates, got 2"),
    ),
    # 2023-09-01 and 365 days is 2024-08-31, after the test of 2024-01-01 begins.
    "window past the test date": (
        ("2023-01-01", "2023-09-01"),
        ("[cohort] index_dates", "2023-09-01 ends 2024-08-31", "after the test begins"),
    ),
    "label that looks past the cohort's window": (
        ("model = {", "horizon_days = 730\nmodel = {"),
        ("[cohort] horizon_days", "found 365", "looks 730 days ahead"),
    ),
    "rates for no one day": (("rating_date = 2025-01-01\n", ""), ("[cohort] rating_date", "paid for")),
    "unknown key": (("[split]\n", "[split]\nfold = 3\n"), ("[split] fold", "unknown key 'fold'")),
    "unknown block": (("[split]", "[spilt]\nfolds = 3\n\n[split]"), ("unknown key 'spilt'",)),
    "an outcome twice": (("outcomes/payment_cost", "outcomes/admission"), ("[[outcome]] spec", "'admission' twice")),
    "tiers cut an outcome that is not there": (
        ("outcomes/admission", "outcomes/next_year_cost"),
        ("[tiers] policy", "'admission'"),
    ),
    "another currency": (('currency = "CNY"', 'currency = "EUR"'), ("[rates] policy", "pays in CNY", "counts in EUR")),
    "an override that breaks a rule": (("max_depth = 2", "max_depth = 9"), ("[outcome.overrides] model.max_depth",)),
    "a column to recalibrate within, which training does not": (
        ("model = {", 'calibration = { groups = ["region"] }\nmodel = {'),
        ("[calibration] groups", "'region'", "riskkit recalibrate"),
    ),
    "a column to recalibrate within that is none": (
        ("model = {", 'calibration = { groups = ["no_such_column"] }\nmodel = {'),
        ("[calibration] groups", "'no_such_column'", "riskkit recalibrate"),
    ),
    "drift on another day than the rating": (drift(day="2026-01-01"), ("[drift] index_date", "2026-01-01")),
    "drift limits that do not hold 1": (drift(stable="[1.2, 1.3]"), ("[drift]", "stable=(1.2, 1.3)")),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_scheme_that_cannot_be_carried_out_is_refused_with_file_and_block(name: str, edit_scheme: Edit) -> None:
    change, words = WRONG[name]
    with pytest.raises(PolicyError) as caught:
        read_scheme(edit_scheme(change))
    message = str(caught.value)
    assert "changed.toml" in message
    for word in words:
        assert word in message


def test_a_cost_is_counted_over_the_whole_window_that_its_exposure_is_taken_from(edit_scheme: Edit) -> None:
    file = edit_scheme(('method = "time"', 'method = "persons"'), ("[features]", "horizon_days = 400\n\n[features]"))
    with pytest.raises(PolicyError, match=r"horizon_days: found 400, but outcome 'payment_cost' looks 365 days ahead"):
        read_scheme(file)


def test_a_binary_outcome_may_look_less_far_than_the_cohort(edit_scheme: Edit) -> None:
    file = edit_scheme()
    text = file.read_text(encoding="utf-8").replace("model = {", "horizon_days = 90\nmodel = {", 1)
    file.write_text(text, encoding="utf-8")
    assert read_scheme(file).outcomes[0].horizon_days == 90


def test_hazards_may_look_past_the_window_of_the_cohort(edit_scheme: Edit) -> None:
    added = '[[outcome]]\nspec = "../models/outcomes/nephropathy.toml"\n\n[tiers]'
    outcomes = read_scheme(edit_scheme(("[tiers]", added))).outcomes
    assert [outcome.horizon_days for outcome in outcomes if outcome.kind == "hazard"] == [1095]


def test_a_file_that_the_scheme_names_and_is_not_there_is_named(edit_scheme: Edit) -> None:
    with pytest.raises(PolicyError, match=r"models/tiers/four_level\.toml: no such file"):
        read_scheme(edit_scheme(("three_level", "four_level")))


def test_the_limits_of_a_drift_are_those_of_the_file(edit_scheme: Edit) -> None:
    block = read_scheme(edit_scheme(drift())).file.drift
    assert block is not None
    assert block.index_date == date(2025, 1, 1)
    assert (block.limits.stable, block.limits.refuse, block.limits.minimum_gini) == ((0.95, 1.05), (0.33, 3.0), 0.0)


def test_rates_on_what_a_provider_can_raise_are_refused(edit_scheme: Edit) -> None:
    place = edit_scheme(
        ("outcomes/payment_cost", "outcomes/next_year_cost"), ('outcome = "payment_cost"', 'outcome = "next_year_cost"')
    )
    with pytest.raises(
        PolicyError, match=r"\[rates\] outcome: 'next_year_cost' has policy 'clinical', expected 'payment'"
    ):
        read_scheme(place)
