"""A bundle is opened by folder or address and applied to a source; what is written appears whole or not at all."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from riskkit.data.io import Tables
from riskkit.errors import DataContractError, ModelStoreError, PolicyError
from riskkit.workflow import apply as apply_module
from riskkit.workflow.apply import build_source_features, open_bundle, rate_source, score_source, write_parquet
from riskkit.workflow.bundle import Bundle, write_bundle
from riskkit.workflow.rate import RatedPopulation, rate_members
from riskkit.workflow.scheme import Scheme
from riskkit.workflow.source import OpenSource
from riskkit.workflow.tier_files import TierFiles
from riskkit.workflow.training import Training
from tests.unit.workflow.conftest import Held


@pytest.fixture
def at_hand(monkeypatch: pytest.MonkeyPatch, training: Training, rated: RatedPopulation) -> Bundle:
    """The bundle; its members are those of the training, which the source would give again."""
    monkeypatch.setattr(apply_module, "_open_members", lambda *_: training.rating)
    return rated.bundle


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, tables: Tables) -> None:
    """The source, read and checked once before."""
    monkeypatch.setattr(apply_module, "open_source", lambda *_, **__: OpenSource(tables, None))


def test_a_results_folder_and_the_bundle_in_it_open_the_same_bundle(
    stored: Path, tmp_path: Path, members: pd.DataFrame
) -> None:
    shutil.copytree(stored, tmp_path / "out" / "bundle")
    assert open_bundle(str(tmp_path / "out")).rates == open_bundle(str(stored)).rates


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_a_folder_without_a_bundle_is_a_missing_model(name: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelStoreError, match=f"{name}: no readable riskkit bundle"):
        open_bundle(str(tmp_path / name))


def test_an_address_of_the_registry_is_fetched_from_there(stored: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def download(model_uri: str) -> Path:
        asked.append(model_uri)
        return stored

    monkeypatch.setattr(apply_module, "download_bundle", download)
    for address in ("models:/riskkit-synthetic@champion", "runs:/abc/bundle"):
        assert open_bundle(address).scheme == "synthetic"
    assert asked == ["models:/riskkit-synthetic@champion", "runs:/abc/bundle"]


@pytest.mark.usefixtures("opened")
def test_a_source_is_scored_as_the_retraining_scored_it(
    rated: RatedPopulation, source: Path, scores: pd.DataFrame, tmp_path: Path
) -> None:
    out = tmp_path / "new" / "scores.parquet"
    found = score_source(rated.bundle, source, out)
    pd.testing.assert_frame_equal(found, scores, check_exact=True)
    pd.testing.assert_frame_equal(pd.read_parquet(out), scores, check_exact=True)
    folder = out.parent / "scores_explanations"
    assert {path.name for path in out.parent.iterdir()} == {"scores.parquet", folder.name}
    assert {path.name for path in folder.iterdir()} == set(rated.bundle.models)


def test_one_outcome_may_be_explained_or_none_and_what_was_explained_before_is_gone(
    at_hand: Bundle, source: Path, tmp_path: Path
) -> None:
    out, folder = tmp_path / "scores.parquet", tmp_path / "scores_explanations"
    for asked in ("admission", "payment_cost", "none"):
        score_source(at_hand, source, out, explain=[asked])
        assert [path.name for path in folder.iterdir()] == ([] if asked == "none" else [asked])


def test_discharges_are_scored_by_a_bundle_without_rates(discharge_out: Path, discharges: Path, tmp_path: Path) -> None:
    bundle = open_bundle(str(discharge_out))
    found = score_source(bundle, discharges, tmp_path / "scores.parquet")
    assert len(found) == 300
    assert found.columns.tolist() == ["person_id", "index_date", "readmission", "reasons"]
    assert found["readmission"].between(0, 1).all()
    assert found["readmission"].max() > found["readmission"].min()
    with pytest.raises(PolicyError, match="bundle discharge: it holds no rate policy"):
        rate_source(bundle, discharges, tmp_path / "rates")


def test_a_source_is_rated_with_table_ledger_certificate_and_bundle(
    at_hand: Bundle, source: Path, start: Path, tmp_path: Path
) -> None:
    found = rate_source(at_hand, source, tmp_path / "rates")
    assert {path.name for path in (tmp_path / "rates").iterdir()} == {
        "rates.parquet",
        "ledger.parquet",
        "certificate.json",
        "bundle",
    }
    # a bundle whose rates were dropped gets them anew, and answers from them
    bare = replace(at_hand, rates=None)
    policy = start / "models" / "rates" / "capitation.toml"
    renewed = rate_source(bare, source, tmp_path / "anew", policy=policy)
    assert open_bundle(str(tmp_path / "anew")).rates == renewed.bundle.rates == at_hand.rates
    written = json.loads((tmp_path / "rates" / "certificate.json").read_text(encoding="utf-8"))
    assert written["reference_population"] == "synthetic, members on 2025-01-01"
    assert int(found.table["allocated_minor"].sum()) == written["budget_minor"]


def test_another_policy_can_be_given_and_is_the_one_that_counts(
    at_hand: Bundle, source: Path, start: Path, tmp_path: Path
) -> None:
    text = (start / "models" / "rates" / "capitation.toml").read_text(encoding="utf-8")
    assert "value = 0.40" in text
    policy = tmp_path / "half.toml"
    policy.write_text(text.replace("value = 0.40", "value = 0.20"), encoding="utf-8")
    whole = rate_source(at_hand, source, tmp_path / "whole").certificate["budget_minor"]
    half = rate_source(at_hand, source, tmp_path / "half", policy=policy).certificate["budget_minor"]
    # Half of the share is half of the budget, but for the rounding to a minor unit.
    assert abs(2 * int(str(half)) - int(str(whole))) <= 1


def test_score_and_rates_read_last_tiers_and_overrides_alike(
    held: Held,
    training: Training,
    source: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(apply_module, "_open_members", lambda *_: training.rating)
    held.last.to_parquet(tmp_path / "last.parquet")
    unknown = training.rating.cohort["person_id"].iloc[-1]
    text = f"person_id,risk_tier,code,author,expiry_date\n{unknown},high,dka,Dr. Li,2025-07-01\n"
    (tmp_path / "overrides.csv").write_text(text, encoding="utf-8")
    files = TierFiles(tmp_path / "last.parquet", tmp_path / "overrides.csv")
    rated = rate_members(held.bundle, held.rates, training.rating, population="members")
    scores = score_source(rated.bundle, source, tmp_path / "scores.parquet", tier_files=files)
    rates = rate_source(rated.bundle, source, tmp_path / "rates", tier_files=files)
    assert set(scores["risk_tier"]) == set(rates.table["risk_tier"]) == {"high"}
    columns = ["risk_tier", "tier_reason", "package", "model_tier", "tier_change", "override_author", "rate_amount"]
    both = scores[["person_id", *columns]].merge(rates.table, on="person_id", suffixes=("", "_rated"))
    for column in columns:
        assert both[column].fillna("").tolist() == both[f"{column}_rated"].fillna("").tolist()
    # what was written is next year's last tiers: the day is that since which the tier holds
    written = pd.read_parquet(tmp_path / "scores.parquet")
    assert written["tier_since"].iloc[0] == pd.Timestamp("2024-12-01")


def test_a_history_that_is_wrong_is_refused_before_the_source_is_opened(
    rated: RatedPopulation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apply_module, "_open_members", None)
    files = TierFiles(last=tmp_path / "none.parquet")
    for call in (score_source, rate_source):
        with pytest.raises(DataContractError, match=r"none\.parquet: no such file"):
            call(rated.bundle, tmp_path / "source", tmp_path / "out", tier_files=files)


def test_a_rate_that_cannot_be_fitted_leaves_nothing_behind(
    at_hand: Bundle, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        message = "no rates"
        raise PolicyError(message)

    monkeypatch.setattr(apply_module, "write_rated", fail)
    with pytest.raises(PolicyError, match="no rates"):
        rate_source(at_hand, source, tmp_path / "rates")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("opened")
def test_the_features_of_a_scheme_are_what_its_bundle_scores(
    scheme: Scheme, source: Path, members: pd.DataFrame, tmp_path: Path
) -> None:
    frame = build_source_features(scheme, source, tmp_path / "members.parquet")
    pd.testing.assert_frame_equal(frame, members)
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "members.parquet"), members)


@pytest.mark.usefixtures("opened")
def test_the_index_date_that_is_given_goes_before_the_rating_date(
    discharge_scheme: Scheme, scheme: Scheme, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[object] = []

    def build(_: object, __: object, ___: object, *, index_dates: list[date], **_____: object) -> None:
        asked.append(index_dates)
        raise StopIteration

    monkeypatch.setattr(apply_module, "build_members", build)
    for chosen, day in ((scheme, None), (scheme, date(2024, 7, 1)), (discharge_scheme, None)):
        with pytest.raises(StopIteration):
            build_source_features(chosen, tmp_path, tmp_path / "x.parquet", index_date=day)
    assert asked == [[date(2025, 1, 1)], [date(2024, 7, 1)], []]


def test_members_of_no_one_day_are_not_scored(rated: RatedPopulation, source: Path, tmp_path: Path) -> None:
    undated = replace(rated.bundle, cohort=rated.bundle.cohort.model_copy(update={"rating_date": None}))
    with pytest.raises(DataContractError, match="Give the day with --index-date"):
        score_source(undated, source, tmp_path / "scores.parquet")


def test_a_file_that_cannot_be_finished_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "scores.parquet"
    write_parquet(pd.DataFrame({"a": [1]}), out)

    def half(self: pd.DataFrame, path: Path, **_: object) -> None:
        Path(path).write_bytes(b"half")
        message = "disk full"
        raise OSError(message)

    monkeypatch.setattr(pd.DataFrame, "to_parquet", half)
    with pytest.raises(OSError, match="disk full"):
        write_parquet(pd.DataFrame({"a": [2]}), out)
    assert pd.read_parquet(out)["a"].tolist() == [1]
    assert [path.name for path in tmp_path.iterdir()] == ["scores.parquet"]


def test_a_bundle_can_be_written_over_an_older_one(rated: RatedPopulation, tmp_path: Path) -> None:
    for _ in range(2):
        write_bundle(rated.bundle, tmp_path / "bundle")
    assert open_bundle(str(tmp_path / "bundle")).rates == rated.bundle.rates
