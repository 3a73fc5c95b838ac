"""When the last event can have been, by what a feature says, and only what moved is judged."""

from __future__ import annotations

import math

import pytest

from riskkit.data.codes import read_code_lists
from riskkit.data.presets import find_presets
from riskkit.errors import DataContractError
from riskkit.features.contents import make_catalogue
from riskkit.features.contradictions import bound_last_event, refuse_contradictions

CATALOGUE = {
    feature.name: feature
    for feature in make_catalogue(read_code_lists(find_presets() / "models" / "codelists")).features
}
NAN, INF = math.nan, math.inf


@pytest.mark.parametrize(
    ("name", "value", "bounds"),
    [
        ("hba1c_tests_365d", 1.0, (0, 365)),
        ("hba1c_tests_365d", 0.0, (366, INF)),
        ("hba1c_latest_730d", NAN, (731, INF)),
        ("days_since_hba1c", 40.0, (40, 40)),
        ("days_since_hba1c", NAN, (731, INF)),
        # a stay of no days is a stay, and money of nothing says nothing
        ("inpatient_days_365d", 0.0, (0, INF)),
        ("inpatient_days_365d", 3.0, (0, 365)),
        # a flat trend is a trend, no trend may be one test
        ("hba1c_slope_730d", 0.0, (0, 730)),
        ("hba1c_slope_730d", NAN, (0, INF)),
        ("days_since_first_nephropathy", 900.0, (0, 900)),
        ("dcsi_nephropathy_730d", 0.0, (0, INF)),
    ],
)
def test_a_value_bounds_the_day_of_the_last_event(name: str, value: float, bounds: tuple[float, float]) -> None:
    assert bound_last_event(CATALOGUE[name], value) == bounds


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"hba1c_latest_365d": 8.0, "hba1c_tests_730d": 0.0}, "hba1c_latest_365d=8 contradicts hba1c_tests_730d=0"),
        ({"nephropathy_730d": 1.0, "days_since_first_nephropathy": NAN}, "first_nephropathy=not measured"),
        ({"retinopathy_confirmed_730d": 1.0, "retinopathy_730d": 0.0}, "contradicts retinopathy_730d=0"),
        ({"days_since_first_nephropathy": 2000.0, "age_years": 5.0}, "contradicts age_years=5"),
        # one test has no spread; ten months of a year are no two years without a break, nor is a gap of 700 days
        ({"hba1c_sd_730d": 1.0, "hba1c_tests_730d": 1.0}, "contradicts hba1c_tests_730d=1: it takes two tests"),
        ({"enrolled_months_365d": 0.0, "tenure_days": 900.0}, "tenure_days=900 contradicts enrolled_months_365d=0"),
        ({"enrolment_gap_days_730d": 700.0, "tenure_days": 900.0}, "contradicts tenure_days=900"),
        # an admission is one stay or several, and a part of the money is no more than all of it
        ({"merged_admissions_365d": 5.0, "inpatient_visits_365d": 1.0}, "contradicts inpatient_visits_365d=1"),
        ({"member_amount_365d": 900.0, "allowed_amount_365d": 800.0}, "contradicts allowed_amount_365d=800"),
    ],
)
def test_what_moved_is_refused_and_what_stayed_is_the_members_own_record(
    values: dict[str, float], problem: str
) -> None:
    known = {name: CATALOGUE[name] for name in values}
    with pytest.raises(DataContractError, match=problem):
        refuse_contradictions(set(values), known, values)
    refuse_contradictions(set(), known, values)


def test_a_test_of_the_year_before_last_leaves_the_last_year_without() -> None:
    values = {"hba1c_latest_365d": NAN, "hba1c_tests_365d": 0.0, "hba1c_latest_730d": 8.0, "days_since_hba1c": 366.0}
    known = {name: CATALOGUE[name] for name in values}
    refuse_contradictions(set(values), known, values)
    # a day later the test is one of the last year, whose count is then not 0 and whose value is known
    with pytest.raises(DataContractError, match="days_since_hba1c=365 contradicts hba1c_"):
        refuse_contradictions(set(values), known, {**values, "days_since_hba1c": 365.0})
