"""What no scheme may do: pay for what a provider can raise, or balance the classes of a calibrated model."""

from __future__ import annotations

import re
from pathlib import Path

import lightgbm
import numpy as np
import pandas as pd
import pytest

from riskkit.data.codes import read_code_lists
from riskkit.errors import PolicyError
from riskkit.features.contents import make_catalogue
from riskkit.risk.fit import fit_outcome
from riskkit.risk.matrix import ModelFrame
from riskkit.risk.spec import FEATURE_GROUPS, read_outcome_spec, select_features

ROOT = Path(__file__).parents[2]
CODES = read_code_lists(ROOT / "models" / "codelists")
CATALOGUE = make_catalogue(CODES).to_frame()
PAYMENT = read_outcome_spec(ROOT / "models" / "outcomes" / "payment_cost.toml")
ADMISSION = read_outcome_spec(ROOT / "models" / "outcomes" / "admission.toml")

# METHODS section 6, the list against gaming, as the catalogue names its features.
FORBIDDEN = {
    "prior cost": r".*_amount(_\d+d|_share_\d+d|_trend|_change)",
    "visit counts": r".*_visits_(\d+d|change)|merged_admissions_\d+d|.*inpatient_days_.*|readmissions_30d_\d+d",
    "counts of diagnosis records": r"dx_.*_records_\d+d|distinct_diagnoses_\d+d|new_complications_365d",
    "days covered": r".*_pdc_\d+d|.*_adherent_\d+d|.*_days_supply_\d+d",
    "screening": r".*(_screen|_exam|follow_up|education|therapy_review)_\d+d",
    "control": r".*_attained_\d+d|.*above_target.*|hba1c_.*|glucose_.*|ldl_.*|systolic_bp_.*",
    "missing flags": r".*_tests_\d+d|days_since_.*",
    "glucose sensors": r"cgm_.*",
    "single records of a diagnosis": r"(?!.*(_confirmed|_coded)_730d)(dx|dcsi)_\w+_730d|(nephro|retino)pathy_730d",
}


@pytest.mark.parametrize("kind", FORBIDDEN)
def test_a_payment_model_that_names_a_forbidden_feature_is_refused_by_its_name(kind: str) -> None:
    names = [name for name in CATALOGUE["name"] if re.fullmatch(FORBIDDEN[kind], name)]
    assert len(names) >= 3, "the class is to be found in the catalogue"
    for name in names:
        spec = PAYMENT.with_overrides({"features": {"include": ("demography", name)}})
        with pytest.raises(PolicyError, match=f"found the clinical feature '{re.escape(name)}'"):
            select_features(CATALOGUE, spec)


def test_no_payment_feature_reads_the_unspecified_codes_of_diabetes() -> None:
    # E10-E14 .8 (unspecified complications) and .9 (none): a team can add them at will.
    unspecified = [f"E1{third}.{fourth}" for third in "01234" for fourth in "89"]
    groups = CODES[CODES["vocabulary"] == "who_cn"]
    payment = set(CATALOGUE.loc[CATALOGUE["policy"] == "payment", "name"])
    for row in groups.itertuples():
        first, _, last = str(row.prefix).partition("-")
        last = last or first
        held = [code for code in unspecified if first <= code[: len(first)] and code[: len(last)] <= last]
        if held and row.list in {"conditions", "complications", "dcsi"}:
            stem = {"conditions": f"dx_{row.group}", "complications": row.group, "dcsi": f"dcsi_{row.group}"}[row.list]
            assert not {f"{stem}_730d", f"{stem}_confirmed_730d"} & payment, (row.list, row.group, row.prefix)


def test_every_group_asked_for_at_once_gives_a_payment_model_none_of_them() -> None:
    spec = PAYMENT.with_overrides({"features": {"include": FEATURE_GROUPS}})
    chosen = select_features(CATALOGUE, spec)
    assert chosen
    taken = [name for name in chosen for rule in FORBIDDEN.values() if re.fullmatch(rule, name)]
    assert taken == []
    assert set(CATALOGUE.set_index("name").loc[chosen, "group"]).isdisjoint({"use", "cost", "care", "cgm", "drugs"})


@pytest.mark.parametrize("key", ["scale_pos_weight", "is_unbalance", "class_weight", "balanced"])
def test_a_specification_cannot_balance_the_classes(key: str) -> None:
    with pytest.raises(PolicyError, match=rf"model\.{key}.*Extra inputs are not permitted"):
        ADMISSION.with_overrides({"model": {key: 5}})


def test_no_line_of_the_package_balances_classes() -> None:
    words = re.compile(r"scale_pos_weight|is_unbalance|class_weight|SMOTE|RandomOverSampler|pos_bagging_fraction", re.I)
    found = [path for path in (ROOT / "riskkit").rglob("*.py") if words.search(path.read_text(encoding="utf-8"))]
    assert found == []


def test_a_trained_booster_says_that_it_weighed_events_as_they_came() -> None:
    rng = np.random.default_rng(0)
    n = 600
    frame = pd.DataFrame({"person_id": [f"p{at}" for at in range(n)], "index_date": pd.Timestamp("2024-01-01")})
    frame["age_years"] = rng.uniform(30, 90, n)
    rare = (rng.random(n) < 0.1).astype(float)
    whole = ModelFrame(frame, rare, np.ones(n))
    train, calibration = whole.take(np.arange(n // 2)), whole.take(np.arange(n // 2, n))
    spec = ADMISSION.with_overrides({"model": {"n_estimators": 5, "early_stopping_rounds": 0}})
    named = {"feature_names": ["age_years"], "directions": {"age_years": 1}}
    model = fit_outcome(spec, train, calibration, **named, params={}, seed=0)
    assert isinstance(model.booster, lightgbm.Booster)
    text = model.booster_texts[0]
    assert "[is_unbalance: 0]" in text
    assert "[scale_pos_weight: 1]" in text
    # A model that balances predicts a half on average; this one predicts the rate.
    assert model.predict(frame).mean() == pytest.approx(rare.mean(), abs=0.03)
