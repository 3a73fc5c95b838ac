"""A feature's bounds follow from its unit, its aggregate and its measure."""

from __future__ import annotations

import math

import pytest

from riskkit.data.codes import read_code_lists
from riskkit.data.presets import find_presets
from riskkit.features.bounds import Bounds, find_bounds
from riskkit.features.catalogue import Feature
from riskkit.features.contents import make_catalogue
from riskkit.features.groups import DCSI_MOST_POINTS

CATALOGUE = {
    feature.name: feature
    for feature in make_catalogue(read_code_lists(find_presets() / "models" / "codelists")).features
}


@pytest.mark.parametrize(
    ("name", "bounds"),
    [
        ("hba1c_latest_365d", Bounds(3, 20)),
        ("hba1c_sd_730d", Bounds(0, 17)),
        ("hba1c_slope_730d", Bounds()),
        ("hba1c_tests_365d", Bounds(0, math.inf, whole=True)),
        ("days_since_hba1c", Bounds(0, 730)),
        ("hba1c_cv_730d", Bounds(0, math.inf)),
        ("hba1c_time_above_target_730d", Bounds(0, 1)),
        ("is_female", Bounds(0, 1, whole=True)),
        ("age_years", Bounds(0, 120)),
        ("smoking_latest", Bounds(0, 2, whole=True)),
        ("allowed_amount_365d", Bounds(0, math.inf)),
        ("allowed_amount_change", Bounds()),
        ("insulin_pdc_365d", Bounds(0, 1)),
        # METHODS 1: one point for the nerves, two for the other six categories, 13 in all
        ("dcsi_nephropathy_730d", Bounds(0, 2, whole=True)),
        ("dcsi_nephropathy_confirmed_730d", Bounds(0, 2, whole=True)),
        ("dcsi_neuropathy_730d", Bounds(0, 1, whole=True)),
        ("dcsi_total_730d", Bounds(0, 13, whole=True)),
        ("dcsi_total_confirmed_730d", Bounds(0, 13, whole=True)),
        ("enrolled_months_365d", Bounds(0, 12)),
        ("inpatient_days_365d", Bounds(0, 365)),
        ("merged_inpatient_days_730d", Bounds(0, 730)),
        ("enrolment_gap_days_730d", Bounds(0, 730)),
        # 120 years of 365.25 days
        ("tenure_days", Bounds(0, 43830)),
        ("enrolled_days", Bounds(0, 43830)),
        # two drugs together supply more days than the year has, and a stay may be longer than the window
        ("insulin_days_supply_365d", Bounds(0, math.inf)),
        ("index_stay_days", Bounds(0, math.inf)),
    ],
)
def test_bounds_of_a_feature(name, bounds) -> None:
    assert find_bounds(CATALOGUE[name]) == bounds


def test_every_feature_of_the_catalogue_has_bounds_in_order() -> None:
    assert all(bounds.minimum < bounds.maximum for bounds in map(find_bounds, CATALOGUE.values()))


def test_the_most_points_of_a_category_are_those_of_its_code_list() -> None:
    codes = read_code_lists(find_presets() / "models" / "codelists")
    listed = codes[codes["list"] == "dcsi"].groupby("group")["points"].max()
    assert listed.to_dict() == DCSI_MOST_POINTS


def test_a_value_in_another_unit_than_the_measure_has_only_its_sign() -> None:
    feature = Feature("x", "x", "x", "mmol/L", "glycaemia", "labs", "latest", "value", (("analyte", "glucose"),))
    assert find_bounds(feature) == Bounds(0, math.inf)


def test_bounds_are_said_in_words() -> None:
    said = [str(Bounds(0, 1, whole=True)), str(Bounds(0)), str(Bounds())]
    assert said == ["a whole number from 0 to 1", "a number from 0", "a number"]
