"""Specifications: what a file may say, what a scheme may change, and which features an outcome may use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from riskkit.errors import PolicyError
from riskkit.risk.spec import FEATURE_GROUPS, OutcomeSpec, read_outcome_spec, select_features
from tests.unit.risk.conftest import make_spec
from tests.unit.risk.hazard_rows import make_hazard_spec

MODELS = Path(__file__).parents[3] / "models" / "outcomes"

CATALOGUE = pd.DataFrame(
    [
        ("age_years", "demography", "payment"),
        ("dcsi", "diagnoses", "payment"),
        ("screened", "diagnoses", "clinical"),
        ("visits_365d", "use", "clinical"),
        ("hba1c", "glycaemia", "payment"),
    ],
    columns=["name", "group", "policy"],
)


NUMBER = {"unit": "CNY of one member", "reference": "of the test", "effective": "2024-01-01"}

HAZARDS = (
    *("nephropathy", "nephropathy_lab", "retinopathy", "neuropathy", "cerebrovascular", "cardiovascular", "foot_pvd"),
    *("metabolic_crisis", "severe_hypoglycaemia", "death"),
)


def read(name: str = "payment_cost") -> OutcomeSpec:
    return read_outcome_spec(MODELS / f"{name}.toml")


def include(spec: OutcomeSpec, *names: str, exclude: tuple[str, ...] = ()) -> OutcomeSpec:
    return spec.with_overrides({"features": {"include": names, "exclude": exclude}})


@pytest.mark.parametrize(
    ("name", "kind", "policy", "horizon_days"),
    [
        ("admission", "binary", "clinical", 365),
        ("mortality", "hazard", "clinical", 1825),
        ("next_year_cost", "cost", "clinical", 365),
        ("payment_cost", "cost", "payment", 365),
        ("readmission", "binary", "clinical", 30),
        ("diabetes_admission", "binary", "clinical", 365),
        ("avoidable_admission", "binary", "clinical", 365),
        ("high_cost", "binary", "clinical", 365),
        ("hba1c_control", "binary", "clinical", 365),
        *[(name, "hazard", "clinical", 1095) for name in HAZARDS],
    ],
)
def test_the_shipped_outcomes_read(name: str, kind: str, policy: str, horizon_days: int) -> None:
    spec = read(name)
    assert (spec.name, spec.kind, spec.policy, spec.horizon_days) == (name, kind, policy, horizon_days)
    assert spec.acceptance.oe_ratio == (0.97, 1.03)
    assert spec.model.max_depth <= 6


def test_every_shipped_outcome_is_tested_above() -> None:
    binaries = {"admission", "readmission", "diabetes_admission", "avoidable_admission", "high_cost", "hba1c_control"}
    assert {file.stem for file in MODELS.glob("*.toml")} == {
        *binaries,
        "mortality",
        "next_year_cost",
        "payment_cost",
        *HAZARDS,
    }


@pytest.mark.parametrize("name", HAZARDS)
def test_a_complication_has_a_chance_in_one_year_and_in_three(name: str) -> None:
    assert read(name).horizons_days == (365, 1095)


def test_groups_and_names_are_taken_in_the_order_of_the_catalogue() -> None:
    spec = include(read("admission"), "hba1c", "diagnoses", "demography")
    assert select_features(CATALOGUE, spec) == ["age_years", "dcsi", "screened", "hba1c"]


def test_what_is_excluded_is_out() -> None:
    spec = include(read("admission"), *FEATURE_GROUPS, exclude=("use", "hba1c"))
    assert select_features(CATALOGUE, spec) == ["age_years", "dcsi", "screened"]


def test_a_payment_outcome_takes_only_the_payment_features_of_a_group() -> None:
    assert select_features(CATALOGUE, include(read(), "diagnoses", "use", "demography")) == ["age_years", "dcsi"]


def test_a_payment_outcome_that_names_a_clinical_feature_is_refused() -> None:
    with pytest.raises(PolicyError) as caught:
        select_features(CATALOGUE, include(read(), "demography", "visits_365d"))
    message = str(caught.value)
    assert "outcomes/payment_cost.toml [features] include" in message
    assert "found the clinical feature 'visits_365d'" in message
    assert "expected payment features only" in message
    assert "Remove it." in message


def test_an_unknown_feature_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(PolicyError, match=r"include: found 'hba1', expected .* Did you mean 'hba1c'\?"):
        select_features(CATALOGUE, include(read(), "hba1"))
    with pytest.raises(PolicyError, match=r"exclude: found 'demografy', .* Did you mean 'demography'\?"):
        select_features(CATALOGUE, include(read(), "demography", exclude=("demografy",)))


def test_an_outcome_without_any_feature_is_refused() -> None:
    with pytest.raises(PolicyError, match="no feature of the catalogue is left"):
        select_features(CATALOGUE, include(read(), "use"))


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        ({"model": {"max_depth": 9}}, r"model\.max_depth"),
        ({"model": {"num_leafs": 9}}, r"model\.num_leafs"),
        ({"model": {"objective": "binary"}}, "goes with regression, tweedie, two_part, got 'binary'"),
        ({"model": {"objective": "two_part"}}, "early_stopping_rounds does not go with"),
        ({"model": {"cap_quantile": 0.99}}, "belongs to objective 'regression'"),
        ({"label": "admission"}, "label: kind 'cost' goes with cost"),
        ({"label_options": {"amount": None}}, "amount: label 'cost' needs it"),
        ({"label_options": {"allowed_gap_days": 3}}, "allowed_gap_days: label 'cost' has no use for it"),
        ({"label_options": {"settings": ("ward",)}}, r"settings\.0.*'inpatient', 'outpatient'"),
        ({"label_options": {"cap": {**NUMBER, "value": 0.0}}}, "cap: found 0, expected more than 0"),
        ({"horizons_days": (90, 365)}, "horizons_days: given for kind 'hazard'"),
        ({"calibration": {"methods": ["sigmoid"]}}, "goes with deciles, identity, isotonic, loglinear, scale"),
        ({"acceptance": {"oe_ratio": [1.03, 0.97]}}, "lower must be < upper"),
        ({"tuning": {"trials": -1}}, r"tuning\.trials"),
    ],
)
def test_an_override_is_checked_like_the_file(overrides: dict[str, Any], said: str) -> None:
    with pytest.raises(PolicyError, match=said) as caught:
        read().with_overrides(overrides, place="pipelines/x.toml [outcome.overrides]")
    assert str(caught.value).startswith("pipelines/x.toml [outcome.overrides]")


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        ({"horizons_days": (1095, 365)}, r"must rise to horizon_days = 1095, got \[1095, 365\]"),
        ({"horizons_days": (365, 730)}, "must rise to horizon_days = 1095"),
        ({"horizons_days": ()}, "given for kind 'hazard'"),
        ({"label_options": {"events": None}}, "events: label 'event' needs it"),
        ({"label_options": {"events": {"codes": ()}}}, "an event needs at least one rule"),
        ({"label_options": {"events": {"washout_days": -1}}}, "washout_days"),
    ],
)
def test_horizons_and_rules_of_a_complication_are_checked(overrides: dict[str, Any], said: str) -> None:
    with pytest.raises(PolicyError, match=said):
        read("nephropathy").with_overrides(overrides)


def test_an_override_changes_its_keys_alone() -> None:
    spec = read()
    changed = spec.with_overrides({"model": {"objective": "regression", "cap_quantile": 0.99}})
    assert (changed.model.objective, changed.model.cap_quantile) == ("regression", 0.99)
    assert changed.model.trees == spec.model.trees
    assert spec.model.objective == "tweedie"


def test_file_and_outcome_have_one_name(tmp_path: Path) -> None:
    file = tmp_path / "other.toml"
    file.write_text((MODELS / "admission.toml").read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(PolicyError, match="found 'admission', expected 'other'"):
        read_outcome_spec(file)


def test_an_unknown_key_of_the_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "admission.toml"
    text = (MODELS / "admission.toml").read_text(encoding="utf-8")
    file.write_text(text.replace("learning_rate", "lerning_rate"), encoding="utf-8")
    with pytest.raises(PolicyError, match=r"\[model\] lerning_rate: unknown key"):
        read_outcome_spec(file)


def test_a_hazard_has_a_column_per_horizon_and_is_a_probability() -> None:
    spec = make_hazard_spec()
    assert spec.columns == ("outcome_1y", "outcome_3y")
    assert spec.prediction_kind == "binary"
    assert make_spec().columns == ("outcome",)
    assert make_spec("cost").prediction_kind == "cost"


@pytest.mark.parametrize(
    ("horizons", "last"), [([], 1095), ([365], 1095), ([1095, 365], 365), ([365, 365, 1095], 1095), ([0, 1095], 1095)]
)
def test_horizons_out_of_order_are_refused(horizons: list[int], last: int) -> None:
    with pytest.raises(PolicyError, match=r"horizons_days: (given for kind 'hazard'|must rise to horizon_days)"):
        make_hazard_spec(horizons_days=horizons, horizon_days=last)


def test_horizons_belong_to_a_hazard_alone() -> None:
    with pytest.raises(PolicyError, match="given for kind 'hazard' and for no other"):
        make_spec(horizons_days=[365])
