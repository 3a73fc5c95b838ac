"""A hazard in a scheme: a column per horizon, every row accounted for, stored, scored, explained, cut into tiers."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from riskkit.data.io import Tables
from riskkit.errors import DataContractError, PolicyError
from riskkit.risk.hazard_model import HorizonModel
from riskkit.risk.matrix import ModelFrame
from riskkit.risk.spec import OutcomeSpec
from riskkit.risk.store import read_model
from riskkit.risk.tuning import Tuned
from riskkit.workflow import members as members_module
from riskkit.workflow import train_hazard as train_hazard_module
from riskkit.workflow.bundle import Bundle, read_bundle, write_bundle
from riskkit.workflow.explanation_files import ExplanationFiles
from riskkit.workflow.explanations import describe_outcomes
from riskkit.workflow.follow_up_text import describe_follow_up
from riskkit.workflow.member_contributions import compute_member_contributions, explain_members
from riskkit.workflow.members import FeaturePlan, Members
from riskkit.workflow.scheme import Scheme, read_scheme
from riskkit.workflow.scheme_file import SplitBlock
from riskkit.workflow.score import answer_request, score_members
from riskkit.workflow.search import SearchAid
from riskkit.workflow.summary import summarise_outcome
from riskkit.workflow.train import train_outcomes
from riskkit.workflow.trained import TrainedOutcome
from riskkit.workflow.training import context_of

KEYS = ["person_id", "index_date"]
FIRST = '[[outcome]]\nspec = "../models/outcomes/admission.toml"'
HAZARD = (
    '[[outcome]]\nspec = "../models/outcomes/mortality.toml"\n[outcome.overrides]\nhorizon_days = 1095\n'
    'horizons_days = [365, 1095]\nfeatures = { include = ["demography", "diagnoses"] }\n'
    "model = { num_leaves = 4, max_depth = 2, n_estimators = 8, early_stopping_rounds = 0, min_child_samples = 20 }\n\n"
)


def label_by_seed(cohort: pd.DataFrame, *_: object, **__: object) -> pd.DataFrame:
    """Label members by their index date and place: events and deaths of the old, one in twenty prevalent."""
    rng = np.random.default_rng(0)
    n, age = len(cohort), cohort["age_years"].to_numpy(dtype=float)
    event = rng.exponential(3000 * np.exp((60 - age) / 15), n)
    death, left = rng.exponential(6000, n), rng.uniform(200, 2000, n)
    first = np.minimum(np.minimum(event, death), np.minimum(left, 1095))
    cause = np.where(first == event, 1.0, np.where(first == death, 2.0, 0.0))
    weight = (rng.random(n) > 0.05).astype(float)
    labels = cohort[KEYS].reset_index(drop=True)
    # the weight of a label may be that of one horizon, 0 for who left: it must not be read
    left_early = (cause == 0) & (first < 1095)
    return labels.assign(
        cause=cause, followed_days=np.floor(first), risk_set=weight > 0, weight=np.where(left_early, 0.0, weight)
    )


def train(scheme: Scheme, known: Members, tables: Tables, plan: FeaturePlan, method: str) -> dict[str, TrainedOutcome]:
    file = scheme.file.model_copy(update={"split": SplitBlock(method=method, folds=4)})
    changed = replace(scheme, file=file, outcomes=scheme.outcomes[:1])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(train_hazard_module, "label_members", label_by_seed)
        return train_outcomes(changed, known, tables, plan)


@pytest.fixture(scope="module")
def module_scheme(start: Path) -> Scheme:
    text = (start / "pipelines" / "synthetic.toml").read_text(encoding="utf-8")
    file = start / "pipelines" / "hazard.toml"
    file.write_text(text.replace(FIRST, HAZARD + FIRST), encoding="utf-8")
    return read_scheme(file, tuning_trials=0, n_bootstrap=20)


@pytest.fixture(scope="module")
def crossed(module_scheme: Scheme, known: Members, tables: Tables, plan: FeaturePlan) -> dict[str, TrainedOutcome]:
    return train(module_scheme, known, tables, plan, "persons")


@pytest.fixture(scope="module")
def timed(module_scheme: Scheme, known: Members, tables: Tables, plan: FeaturePlan) -> dict[str, TrainedOutcome]:
    return train(module_scheme, known, tables, plan, "time")


def test_one_fit_gives_a_column_per_horizon_that_never_falls(crossed: dict[str, TrainedOutcome]) -> None:
    assert list(crossed) == ["mortality_1y", "mortality_3y"]
    models = [one.model for one in crossed.values()]
    assert all(isinstance(model, HorizonModel) for model in models)
    assert models[0].stored is models[1].stored  # type: ignore[union-attr]  # both are horizons, as just asserted
    first, third = (one.predictions["predicted"] for one in crossed.values())
    assert (first <= third).all()


def test_no_row_is_dropped_for_being_censored(crossed: dict[str, TrainedOutcome], known: Members) -> None:
    in_set = int(label_by_seed(known.cohort)["risk_set"].sum())
    for one in crossed.values():
        found = one.follow_up
        assert found is not None
        assert found["rows_in"] == in_set == found["rows_evaluated"] + found["rows_for_tuning"]
        assert found["dropped_for_censoring"] == 0
        assert found["prevalent"] == len(known.cohort) - in_set
        assert found["left_before_horizon"] > 0
        assert found["left_before_horizon"] == (one.predictions["weight"] == 0).sum()
        assert len(one.predictions) == found["rows_evaluated"]


def test_figures_stand_beside_age_alone_with_a_paired_interval(crossed: dict[str, TrainedOutcome]) -> None:
    one = crossed["mortality_3y"]
    assert one.follow_up is not None
    gain = one.follow_up["auroc_gain_over_age"]
    assert gain["value"] == pytest.approx(one.follow_up["auroc"]["value"] - one.follow_up["auroc_age"]["value"])
    assert gain["low"] <= gain["value"] <= gain["high"]
    table = one.metrics["predicted"].set_index("metric")
    assert table.loc["auroc", "value"] == one.follow_up["auroc"]["value"]
    # weights of the binary columns are those of the survival figures: one value by two ways
    from riskkit.evaluation.discrimination import compute_auroc

    rows = one.predictions
    by_weights = compute_auroc(rows["observed"], rows["predicted"], rows["weight"])
    assert by_weights == pytest.approx(table.loc["auroc", "value"], abs=1e-9)


def test_the_summary_says_how_stable_each_horizons_explanations_are(crossed: dict[str, TrainedOutcome]) -> None:
    for one in crossed.values():
        found = summarise_outcome(one)["stability"]
        assert {kind: figures["fits"] for kind, figures in found.items()} == {"seeds": 2, "bootstraps": 2}


def test_each_horizon_stands_beside_the_comparators_of_a_binary_outcome(
    crossed: dict[str, TrainedOutcome], timed: dict[str, TrainedOutcome]
) -> None:
    for trained in (crossed, timed):
        for one in trained.values():
            assert list(one.metrics) == ["predicted", "age_sex", "logistic", "dcsi"]
            assert set(one.figures["comparators_absent"]) == {"hcc", "gam"}
            assert one.follow_up is not None
            for name, figures in one.figures["differences"].items():
                # the paired difference is the one under censoring, in the report as in the account of the follow-up
                gain = one.follow_up[f"auroc_gain_over_{name}"]
                assert {key: figures["auroc"][key] for key in gain} == gain
                brier = one.metrics[name].set_index("metric").loc["brier_score", "value"]
                own = one.metrics["predicted"].set_index("metric").loc["brier_score", "value"]
                assert figures["brier_score"]["value"] == pytest.approx(own - brier, abs=1e-12)
                low, high = gain["low"], gain["high"]
                assert figures["auroc"]["better"] == ("model" if low > 0 else "comparator" if high < 0 else "neither")


def test_beyond_the_follow_up_of_training_comparators_go_on_with_the_hazard_that_they_know(
    timed: dict[str, TrainedOutcome],
) -> None:
    # Index dates 2021 to 2022 train, nothing is known from 2024-01-01 on: the oldest rows are followed to 1,095 days.
    # Of three years only those with an event used to count, and every comparator said nearly 1.
    rows = timed["mortality_3y"].predictions
    observed = np.average(rows["observed"], weights=rows["weight"])
    for name in ("age_sex", "logistic", "dcsi"):
        assert 0.6 < rows[name].mean() / observed < 1.4


def test_a_horizon_has_the_figures_of_a_binary_outcome(crossed: dict[str, TrainedOutcome]) -> None:
    summary = {name: summarise_outcome(one) for name, one in crossed.items()}
    for one in summary.values():
        assert {"auroc", "oe_ratio", "calibration_intercept", "calibration_slope", "ici", "e50", "e90", "emax"} <= set(
            one["test"]
        )
        assert {row["grouping"] for row in one["by_group"]} >= {"age_band", "sex", "region"}
        assert one["lift"]
        assert one["decision_curve"]
        assert one["score_parts"]["score"] > 0
    # months of follow-up are those of one year
    assert [row["month"] for row in summary["mortality_1y"]["by_month"]] == list(range(1, 13))
    assert summary["mortality_3y"]["by_month"] is None
    json.dumps(summary, allow_nan=False)


def test_the_summary_and_the_terminal_say_who_was_counted(crossed: dict[str, TrainedOutcome]) -> None:
    summary = {name: summarise_outcome(one) for name, one in crossed.items()}
    assert summary["mortality_1y"]["kind"] == "binary"
    assert summary["mortality_1y"]["title"] == "Death within 1 year"
    lines = describe_follow_up(json.loads(json.dumps(summary)))
    assert len(lines) == 4
    assert "0 dropped for being censored" in lines[0]
    assert "time-dependent AUROC" in lines[1]
    assert describe_follow_up({"admission": {"test": {}}}) == []


def test_a_split_by_time_cuts_every_follow_up_at_the_day_of_the_test(
    module_scheme: Scheme, known: Members, tables: Tables, plan: FeaturePlan, timed: dict[str, TrainedOutcome]
) -> None:
    # Moving every event after 2024-01-01 of the earlier index dates changes no tree and no calibrator.
    def moved(cohort: pd.DataFrame, *_: object, **__: object) -> pd.DataFrame:
        labels = label_by_seed(cohort)
        most = (pd.Timestamp("2024-01-01") - labels["index_date"]).dt.days
        after = (labels["followed_days"] >= most) & (most > 0)
        return labels.assign(cause=labels["cause"].where(~after, 2 - labels["cause"]))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(train_hazard_module, "label_members", moved)
        again = train_outcomes(replace(module_scheme, outcomes=module_scheme.outcomes[:1]), known, tables, plan)
    one, other = timed["mortality_3y"].model, again["mortality_3y"].model
    assert isinstance(one, HorizonModel)
    assert isinstance(other, HorizonModel)
    assert one.stored.booster_texts == other.stored.booster_texts
    assert one.stored.calibrators == other.stored.calibrators
    # calibrated on members of 2023, who are followed a year until then: of the third year they say nothing
    assert one.metadata["not_calibrated"] == ["mortality_3y"]
    said = [summarise_outcome(trained)["calibration"].get("not_calibrated") for trained in timed.values()]
    assert said[0] is None
    assert said[1].startswith("no calibration member was followed for 1095 days (the longest for 36")
    found = timed["mortality_1y"].follow_up
    assert found is not None
    assert found["rows_in"] == found["rows_evaluated"] + found["rows_to_train"]


@pytest.fixture(scope="module")
def bundle(crossed: dict[str, TrainedOutcome], module_scheme: Scheme, plan: FeaturePlan) -> Bundle:
    """A bundle of the hazard alone."""
    return Bundle(
        scheme="hazard",
        currency="CNY",
        adapter="native",
        cohort=module_scheme.file.cohort,
        catalogue=plan.chosen,
        code_lists=plan.code_lists,
        models={name: one.model for name, one in crossed.items()},
    )


def test_a_bundle_stores_a_hazard_once_and_scores_every_horizon(bundle: Bundle, known: Members, tmp_path: Path) -> None:
    members = context_of(known)
    folder = write_bundle(bundle, tmp_path / "bundle")
    assert [path.name for path in (folder / "models").iterdir()] == ["mortality"]
    again = read_bundle(folder)
    assert list(again.models) == ["mortality_1y", "mortality_3y"]
    scores = score_members(bundle, members)
    assert (scores["mortality_1y"] <= scores["mortality_3y"]).all()
    pd.testing.assert_frame_equal(score_members(again, members), scores, check_exact=True)
    one = answer_request(again, members.head(1))
    assert one["mortality_3y"].item() == scores["mortality_3y"].iloc[0]
    from mlflow.models import infer_signature

    assert infer_signature(one).inputs.input_names()[2:4] == ["mortality_1y", "mortality_3y"]
    assert read_model(folder / "models" / "mortality").spec.name == "mortality"


def test_a_horizon_is_explained_exactly_and_in_words(bundle: Bundle, known: Members, tmp_path: Path) -> None:
    members = context_of(known).head(200)
    model = bundle.models["mortality_3y"]
    frame = compute_member_contributions(model, members)
    total = frame.drop(columns=KEYS).sum(axis=1)
    np.testing.assert_allclose(total, model.predict(members), atol=1e-9, rtol=0)
    later = replace(bundle, rated_outcome="mortality_3y")
    assert (bundle.explained_outcome, later.explained_outcome) == ("mortality_1y", "mortality_3y")
    reasons = [json.loads(score_members(one, members)["reasons"].iloc[0]) for one in (bundle, later)]
    assert all(reasons)
    assert reasons[0] != reasons[1]
    with ExplanationFiles(bundle, tmp_path, ["mortality_3y"]) as files:
        score_members(bundle, members, explanations=files)
    describe_outcomes(bundle, ["mortality_3y"], members, tmp_path)
    assert {path.name for path in (tmp_path / "mortality_3y").iterdir()} >= {"beeswarm.png", "reasons.parquet"}
    together = dict(explain_members(bundle, members, bundle.models))
    assert list(together) == ["mortality_1y", "mortality_3y"]
    for name, found in together.items():
        alone = compute_member_contributions(bundle.models[name], members)
        pd.testing.assert_frame_equal(found, alone, rtol=0, atol=1e-14)


def test_tiers_may_cut_one_horizon(edit_scheme: Callable[..., Path], start: Path) -> None:
    policy = (start / "models" / "tiers" / "probability_only.toml").read_text(encoding="utf-8")
    file = start / "models" / "tiers" / "by_death.toml"
    file.write_text(
        policy.replace('outcome = "admission"', 'outcome = "mortality_3y"').replace('"probability_only"', '"by_death"'),
        "utf-8",
    )
    changes = (FIRST, HAZARD + FIRST), ("three_level.toml", "by_death.toml")
    assert read_scheme(edit_scheme(*changes)).tier_policy is not None
    with pytest.raises(PolicyError, match="it cuts outcome 'mortality_3y'"):
        read_scheme(edit_scheme(changes[1]))


def test_a_horizon_that_no_test_row_was_followed_to_is_refused(
    module_scheme: Scheme, known: Members, tables: Tables, plan: FeaturePlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    def short(cohort: pd.DataFrame, *_: object, **__: object) -> pd.DataFrame:
        labels = label_by_seed(cohort)
        over = (labels["index_date"] == labels["index_date"].max()) & (labels["followed_days"] > 400)
        return labels.assign(
            cause=labels["cause"].mask(over, 0.0), followed_days=labels["followed_days"].mask(over, 400)
        )

    monkeypatch.setattr(train_hazard_module, "label_members", short)
    with pytest.raises(DataContractError, match="mortality_3y cannot be measured; the longest follow-up is 400 days"):
        train_outcomes(replace(module_scheme, outcomes=module_scheme.outcomes[:1]), known, tables, plan)


def test_a_label_without_a_time_is_refused(
    module_scheme: Scheme, known: Members, tables: Tables, plan: FeaturePlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        train_hazard_module, "label_members", lambda cohort, *_, **__: cohort[KEYS].assign(observed=0.0, weight=1.0)
    )
    with pytest.raises(DataContractError, match="has no column 'cause', expected a time to the event"):
        train_outcomes(replace(module_scheme, outcomes=module_scheme.outcomes[:1]), known, tables, plan)


def test_the_death_label_is_that_of_the_cohort(known: Members, tables: Tables, module_scheme: Scheme) -> None:
    labels = members_module.label_members(known.cohort, tables, module_scheme.outcomes[0])
    assert labels["cause"].isin([0, 1]).all()
    assert labels["followed_days"].between(0, 1095).all()


def test_the_search_looks_as_far_as_training_is_followed_and_goes_on_from_its_store_and_last_year(
    module_scheme: Scheme,
    known: Members,
    tables: Tables,
    plan: FeaturePlan,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: dict[str, Any] = {}

    def search(spec: OutcomeSpec, frame: ModelFrame, **options: Any) -> Tuned:
        seen.update(options, spec=spec, frame=frame)
        return Tuned({"num_leaves": 3, "n_estimators": 5}, 3, None, 3, 0.2)

    def short(cohort: pd.DataFrame, *_: object, **__: object) -> pd.DataFrame:
        # nobody before the test year is followed beyond 700 days
        labels = label_by_seed(cohort)
        over = (labels["index_date"] < labels["index_date"].max()) & (labels["followed_days"] > 700)
        return labels.assign(
            cause=labels["cause"].mask(over, 0.0), followed_days=labels["followed_days"].mask(over, 700)
        )

    run = module_scheme.file.run.model_copy(update={"tuning_trials": 3, "random_split_contrast": True})
    scheme = replace(module_scheme, file=module_scheme.file.model_copy(update={"run": run}))
    scheme = replace(scheme, outcomes=scheme.outcomes[:1])
    monkeypatch.setattr(train_hazard_module, "tune", search)
    monkeypatch.setattr(train_hazard_module, "label_members", short)
    aid = SearchAid(store=Path("tuning.db"), warm={"mortality_3y": {"num_leaves": 7}})
    trained = train_outcomes(scheme, known, tables, plan, search=aid)
    assert (seen["store"], seen["warm"]) == (aid.store, [{"num_leaves": 7}])
    assert (seen["spec"].name, seen["spec"].model.objective) == ("mortality_3y", "binary")
    # of three years only events would be known: by 700 days there are members of weight with and without one
    frame = seen["frame"]
    rate = np.average(frame.observed, weights=frame.weight)
    assert 0.05 < rate < 0.6
    assert trained["mortality_3y"].params == {"num_leaves": 3}
    for horizon in trained.values():
        assert horizon.figures["tuning"]["trials_made"] == 3
        assert "not made for a hazard" in horizon.figures["random_split_absent"]
    assert trained["mortality_3y"].model.metadata["trees"]["num_leaves"] == 3
