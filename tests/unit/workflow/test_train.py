"""Training measures each outcome on rows that nothing has seen, and takes no label for a feature."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from riskkit.data.io import Tables
from riskkit.errors import DataContractError, LeakageError
from riskkit.risk.fit import fit_outcome
from riskkit.risk.matrix import ModelFrame
from riskkit.risk.model import OutcomeModel
from riskkit.risk.outcome_calibration import calibrate_crossed, strip
from riskkit.risk.tuning import Tuned
from riskkit.workflow import train as train_module
from riskkit.workflow.members import FeaturePlan, Members, label_members
from riskkit.workflow.scheme import Scheme
from riskkit.workflow.scheme_file import SplitBlock
from riskkit.workflow.split import SplitPlan, plan_splits
from riskkit.workflow.train import train_outcomes
from riskkit.workflow.trained import TrainedOutcome
from riskkit.workflow.training import Training

KEYS = ["person_id", "index_date"]


def by_persons(scheme: Scheme) -> Scheme:
    file = scheme.file.model_copy(update={"split": SplitBlock(method="persons", folds=3)})
    return replace(scheme, file=file, outcomes=scheme.outcomes[:1])


def test_a_split_by_time_measures_on_the_last_year_alone(training: Training) -> None:
    for trained in training.trained.values():
        assert trained.predictions["index_date"].unique().tolist() == [pd.Timestamp("2024-01-01")]
        assert not trained.predictions.duplicated(KEYS).any()
        assert trained.counts["test_members"] == len(trained.predictions)


def test_each_outcome_stands_beside_both_comparators_on_the_same_rows(training: Training) -> None:
    assert set(training.trained["admission"].metrics) == {"predicted", "age_sex", "logistic", "dcsi"}
    assert set(training.trained["payment_cost"].metrics) == {"predicted", "age_sex", "linear", "dcsi"}
    assert {"age_sex", "linear"} <= set(training.trained["payment_cost"].predictions)


def test_a_payment_model_reads_only_what_no_provider_can_raise(training: Training) -> None:
    policy = {feature.name: feature.policy for feature in training.bundle.catalogue.features}
    assert {policy[name] for name in training.trained["payment_cost"].model.feature_names} == {"payment"}
    assert "clinical" in {policy[name] for name in training.trained["admission"].model.feature_names}


@dataclass
class Crossed:
    """An outcome trained under a split by persons, and what its parts were shown."""

    trained: TrainedOutcome
    tuned_on: pd.DataFrame
    folds: pd.DataFrame
    grown: list[int]
    calibrated_on: ModelFrame
    raw: np.ndarray


@pytest.fixture(scope="module")
def crossed(scheme: Scheme, known: Members, tables: Tables, plan: FeaturePlan) -> Crossed:
    shown: dict[str, Any] = {"grown": []}

    def tune(spec: object, frame: ModelFrame, **_: object) -> Tuned:
        shown["tuned_on"] = frame.features[KEYS]
        return Tuned({}, 0, None)

    def split(cohort: pd.DataFrame, block: SplitBlock, seed: int) -> SplitPlan:
        plan = plan_splits(cohort, block, seed)
        tests = [cohort[KEYS].take(one.test).assign(fold=fold) for fold, one in enumerate(plan.evaluation)]
        shown["folds"] = pd.concat(tests)
        return plan

    def fit(*frames: Any, **named: Any) -> OutcomeModel:
        model = fit_outcome(*frames, **named)
        shown["grown"].append(model.metadata["trees"]["n_estimators"])
        return model

    def calibrate(model: OutcomeModel, frame: ModelFrame, raw: np.ndarray) -> OutcomeModel:
        shown.update(calibrated_on=frame, raw=raw)
        return calibrate_crossed(model, frame, raw)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(train_module, "tune", tune)
        patch.setattr(train_module, "plan_splits", split)
        patch.setattr(train_module, "fit_outcome", fit)
        patch.setattr(train_module, "calibrate_crossed", calibrate)
        trained = train_outcomes(by_persons(scheme), known, tables, plan)
    return Crossed(trained["admission"], **shown)


def test_a_split_by_persons_tests_each_row_once_and_none_that_the_tuning_saw(crossed: Crossed) -> None:
    tested, shown = crossed.trained.predictions, crossed.tuned_on
    assert not tested.duplicated(KEYS).any()
    assert not set(tested["person_id"]) & set(shown["person_id"])
    # Three groups are tested, a fourth belongs to the tuning.
    share = shown["person_id"].nunique() / (tested["person_id"].nunique() + shown["person_id"].nunique())
    assert share == pytest.approx(0.25, abs=0.01)


def test_the_kept_model_of_a_split_by_persons_is_trained_on_everybody(crossed: Crossed) -> None:
    counts = crossed.trained.counts
    assert counts["train_members"] == counts["test_members"] + len(crossed.tuned_on)
    assert crossed.trained.model.metadata["train_rows"] == counts["train_members"]
    assert counts["calibration_members"] == counts["test_members"]


def test_the_kept_model_has_as_many_trees_as_those_whose_map_it_takes(crossed: Crossed) -> None:
    # Three folds: the one in the middle.
    assert crossed.trained.model.metadata["trees"]["n_estimators"] == sorted(crossed.grown)[1]
    assert len(crossed.grown) == 3


def test_the_kept_model_is_calibrated_on_what_models_that_had_not_seen_the_person_said(crossed: Crossed) -> None:
    tested = crossed.trained.predictions
    pd.testing.assert_frame_equal(crossed.calibrated_on.features[KEYS], tested[KEYS])
    assert crossed.calibrated_on.observed.tolist() == tested["observed"].tolist()
    own = strip(crossed.trained.model).predict(crossed.calibrated_on.features)
    rows = tested.assign(raw=crossed.raw, own=own).merge(crossed.folds, on=KEYS, validate="one_to_one")
    # One map per fold led from what its trees said to what was tested; from the kept trees no map leads there.
    assert rows.groupby(["fold", "raw"])["predicted"].nunique().max() == 1
    assert rows.groupby(["fold", "own"])["predicted"].nunique().max() > 1


@pytest.mark.parametrize("label", ["observed", "weight", "event_days", "admission"])
def test_a_label_among_the_features_is_a_leak(
    label: str, scheme: Scheme, known: Members, tables: Tables, plan: FeaturePlan
) -> None:
    leaked = replace(known, features=known.features.assign(**{label: 1.0}))
    with pytest.raises(LeakageError, match=f"label column '{label}' is among them"):
        train_outcomes(scheme, leaked, tables, plan)


def test_a_year_without_exposure_is_not_quietly_replaced_by_the_one_before(
    scheme: Scheme, known: Members, tables: Tables, plan: FeaturePlan
) -> None:
    last = known.cohort["index_date"] == pd.Timestamp("2024-01-01")
    cut = known.cohort.assign(exposure_months=known.cohort["exposure_months"].mask(last, 0.0))
    only_cost = replace(scheme, outcomes=scheme.outcomes[1:])
    with pytest.raises(DataContractError, match="nobody counts at index date 2024-01-01"):
        train_outcomes(only_cost, replace(known, cohort=cut), tables, plan)


def test_a_feature_that_tells_no_two_members_apart_is_left_out(
    scheme: Scheme, known: Members, tables: Tables, plan: FeaturePlan
) -> None:
    flat = replace(known, features=known.features.assign(is_urban=1.0, is_employee=float("nan")))
    model = train_outcomes(by_persons(scheme), flat, tables, plan)["admission"].model
    assert {"age_years", "is_female"} <= set(model.feature_names)
    assert not {"is_urban", "is_employee"} & set(model.feature_names)


def test_training_says_what_it_is_doing(scheme: Scheme, known: Members, tables: Tables, plan: FeaturePlan) -> None:
    told: list[str] = []
    train_outcomes(by_persons(scheme), known, tables, plan, progress=lambda what, done, total: told.append(what))
    assert list(dict.fromkeys(told)) == [
        "label admission",
        "fit admission",
        "measure admission",
        "stability admission",
    ]


def test_a_random_split_is_measured_beside_the_temporal_one_where_it_is_asked_for(
    scheme: Scheme, known: Members, tables: Tables, plan: FeaturePlan
) -> None:
    run = scheme.file.run.model_copy(update={"random_split_contrast": True})
    asked = replace(scheme, file=scheme.file.model_copy(update={"run": run}), outcomes=scheme.outcomes[:1])
    figures = train_outcomes(asked, known, tables, plan)["admission"].figures
    assert set(figures["random_split"]["random"]) == set(figures["random_split"]["temporal"])
    assert "auroc" in figures["random_split"]["random"]


def test_a_fold_without_an_event_is_named_with_its_outcome(
    scheme: Scheme, known: Members, tables: Tables, plan: FeaturePlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    def few(*arguments: Any, **named: Any) -> pd.DataFrame:
        # one person alone is admitted, and calibrates at most one of the three folds
        labels = label_members(*arguments, **named)
        return labels.assign(observed=labels["person_id"].eq(labels["person_id"].iloc[0]).astype("float64"))

    monkeypatch.setattr(train_module, "label_members", few)
    with pytest.raises(
        DataContractError, match=r"outcome 'admission', fold \d of 3: the .* rows to calibrate on hold no event"
    ):
        train_outcomes(by_persons(scheme), known, tables, plan)
