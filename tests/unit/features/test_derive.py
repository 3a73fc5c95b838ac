"""Formulas over features of one row."""

from __future__ import annotations

import numpy as np
import pandas as pd

from riskkit.features.catalogue import Catalogue
from riskkit.features.derive import DERIVED
from riskkit.features.groups import COMPLICATION_GROUPS, DCSI_GROUPS
from riskkit.features.schedule import SCHEDULE


def _derive(name: str, **columns: list[float]) -> list[float]:
    return DERIVED[name].formula(pd.DataFrame(columns)).tolist()


def test_severity_adds_the_maximum_of_each_category() -> None:
    # Retinopathy 2, nephropathy 2, neuropathy 1, cardiovascular 2, peripheral vessels 1: 8
    points = {"retinopathy": 2, "nephropathy": 2, "neuropathy": 1, "cardiovascular": 2, "pvd": 1}
    assert _derive("dcsi_total_730d", **{f"dcsi_{name}_730d": [float(value)] for name, value in points.items()}) == [8]


def test_severity_is_missing_only_where_nothing_is_known() -> None:
    columns = {"dcsi_retinopathy_730d": [np.nan, 1.0], "dcsi_nephropathy_730d": [np.nan, np.nan]}
    assert np.array_equal(_derive("dcsi_total_730d", **columns), [np.nan, 1.0], equal_nan=True)


def test_confirmed_severity_adds_the_kidney_that_the_laboratory_proves() -> None:
    # A man of 60 with 1.5 mg/dL has 52.9 mL/min/1.73 m2; the second column has neither, the third no diagnoses at all.
    found = _derive(
        "dcsi_total_confirmed_730d",
        dcsi_retinopathy_confirmed_730d=[2.0, 2.0, np.nan],
        dcsi_nephropathy_coded_730d=[0.0, 0.0, np.nan],
        creatinine_sustained_730d=[1.5, np.nan, 1.5],
        uacr_sustained_730d=[np.nan, 29.0, np.nan],
        age_years=[60.0] * 3,
        is_female=[0.0] * 3,
    )
    assert np.array_equal(found, [3, 2, np.nan], equal_nan=True)


def test_hba1c_above_target_is_zero_at_seven_and_missing_without_a_test() -> None:
    found = _derive("hba1c_above_target", hba1c_latest_730d=[6.0, 7.0, 9.5, np.nan])
    assert np.array_equal(found, [0, 0, 2.5, np.nan], equal_nan=True)


def test_the_cost_trend_is_a_share_and_missing_without_cost() -> None:
    found = _derive("allowed_amount_trend", allowed_amount_90d=[25.0, 0, 0], allowed_amount_365d=[100.0, 50, 0])
    assert np.array_equal(found, [0.25, 0, np.nan], equal_nan=True)


def test_inputs_are_features_of_the_catalogue_or_left_out_by_its_code_lists(everything: Catalogue) -> None:
    known = {feature.name for feature in everything.features}
    listed = tuple(f"{stem}{group}" for group in (*COMPLICATION_GROUPS, *DCSI_GROUPS) for stem in ("", "dcsi_"))
    for name, derived in DERIVED.items():
        for absent in set(derived.inputs) - known:
            assert absent.removeprefix("days_since_first_").startswith(listed), name


def test_no_input_is_itself_derived() -> None:
    assert not {name for derived in DERIVED.values() for name in derived.inputs} & DERIVED.keys()


def test_a_change_is_the_last_year_less_the_one_before() -> None:
    # 700 in two years, of which 500 in the last: 500 - 200
    found = _derive("allowed_amount_change", allowed_amount_365d=[500.0, np.nan], allowed_amount_730d=[700.0, 700])
    assert np.array_equal(found, [300, np.nan], equal_nan=True)


def test_adherent_begins_at_four_days_of_five() -> None:
    found = _derive("diabetes_drug_adherent_365d", diabetes_drug_pdc_365d=[0.8, 0.799, np.nan])
    assert np.array_equal(found, [1, 0, np.nan], equal_nan=True)


def test_the_schedule_is_a_mean_over_the_checks_that_are_known() -> None:
    columns = {name: [np.nan] for _, names, *_ in SCHEDULE.values() for name in names}
    # Without care events only the two tests of the laboratory are known: 1 of 2 and 1 of 1
    known = {**columns, "hba1c_tests_365d": [1.0], "uacr_tests_365d": [1.0]}
    assert _derive("schedule_attained_365d", **known) == [0.75]
    assert np.isnan(_derive("schedule_attained_365d", **columns)).all()
