"""Specifications: what a file may say, what a scheme may change, and which features an outcome may use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from riskkit.errors import PolicyError
from riskkit.risk.spec import FEATURE_GROUPS, OutcomeSpec, read_outcome_spec, select_features

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


def read(name: str = "payment_cost") -> OutcomeSpec:
    return read_outcome_spec(MODELS / f"{name}.toml")


def include(spec: OutcomeSpec, *names: str, exclude: tuple[str, ...] = ()) -> OutcomeSpec:
    return spec.with_overrides({"features": {"include": names, "exclude": exclude}})


@pytest.mark.parametrize(
    ("name", "kind", "policy", "horizon_days"),
    [
        ("admission", "binary", "clinical", 365),
        ("next_year_cost", "cost", "clinical", 365),
        ("payment_cost", "cost", "payment", 365),
        ("readmission", "binary", "clinical", 30),
    ],
)
def test_the_shipped_outcomes_read(name: str, kind: str, policy: str, horizon_days: int) -> None:
    spec = read(name)
    assert (spec.name, spec.kind, spec.policy, spec.horizon_days) == (name, kind, policy, horizon_days)
    assert spec.acceptance.oe_ratio == (0.97, 1.03)
    assert spec.model.max_depth <= 6


def test_every_shipped_outcome_is_tested_above() -> None:
    assert {file.stem for file in MODELS.glob("*.toml")} == {
        "admission",
        "next_year_cost",
        "payment_cost",
        "readmission",
    }


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
        ({"label_options": {"amount": None}}, "given for kind 'cost'"),
        ({"calibration": {"methods": ["sigmoid"]}}, "goes with deciles, identity, isotonic, loglinear, scale"),
        ({"acceptance": {"oe_ratio": [1.03, 0.97]}}, "lower must be < upper"),
        ({"tuning": {"trials": -1}}, r"tuning\.trials"),
    ],
)
def test_an_override_is_checked_like_the_file(overrides: dict[str, Any], said: str) -> None:
    with pytest.raises(PolicyError, match=said) as caught:
        read().with_overrides(overrides, place="pipelines/x.toml [outcome.overrides]")
    assert str(caught.value).startswith("pipelines/x.toml [outcome.overrides]")


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
