"""Last year's bundle held against a year that has closed: kept where it holds, updated where it does not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from riskkit.data.presets import find_presets
from riskkit.errors import AcceptanceError, DataContractError, PolicyError
from riskkit.workflow import update as update_module
from riskkit.workflow.bundle import Bundle, read_bundle, write_bundle
from riskkit.workflow.judge import JudgedModels
from riskkit.workflow.learnt import Learnt
from riskkit.workflow.rate import RatedPopulation
from riskkit.workflow.scheme_file import RunBlock
from riskkit.workflow.training import Training
from riskkit.workflow.update import describe_update_of_bundle, require_update, update_bundle

LIMITS = find_presets() / "models" / "drift" / "limits.toml"
CLOSED = date(2024, 1, 1)
RUN = RunBlock(n_bootstrap=20)


def _dearer(source: Path, folder: Path, times: float) -> Path:
    """The same source with every amount from 2024 on so many times what it was."""
    folder.mkdir()
    for file in source.glob("*.parquet"):
        frame = pd.read_parquet(file)
        day = {"medical_claim": "start_date", "pharmacy_claim": "fill_date"}.get(file.stem)
        if day:
            late = pd.to_datetime(frame[day]) >= pd.Timestamp(CLOSED)
            for amount in ("allowed_amount", "paid_amount"):
                frame[amount] = frame[amount].where(~late, frame[amount] * times)
        frame.to_parquet(folder / file.name, index=False)
    return folder


def test_costs_that_rose_are_brought_to_their_level_and_the_trees_stay(
    rated: RatedPopulation, source: Path, tmp_path: Path
) -> None:
    bundle = rated.bundle
    dear = _dearer(source, tmp_path / "dear", 2.5)
    summary = update_bundle(bundle, dear, tmp_path / "out", index_date=CLOSED, limits=LIMITS, run=RUN)
    found = summary["drift"]["outcomes"]["payment_cost"]
    assert found["verdict"] == "recalibrate"
    # Two and a half times the cost: what was predicted is about .4 of it. On persons that the new map has not seen the
    # ratio is 1, give or take what a few hundred members leave to chance.
    assert found["expected_ratio"] == pytest.approx(0.4, rel=0.3)
    assert found["after"]["oe_ratio"]["value"] == pytest.approx(1.0, abs=0.35)
    kept = read_bundle(tmp_path / "out" / "bundle")
    assert kept.models["payment_cost"].booster_texts == bundle.models["payment_cost"].booster_texts
    assert kept.models["payment_cost"].calibrator != bundle.models["payment_cost"].calibrator
    assert kept.tiers == bundle.tiers
    # what taught it is said, and rates that were fitted to the old predictions are not handed on
    assert CLOSED in kept.learnt.dates
    assert bundle.rates is not None
    assert kept.rates is None
    assert summary["rates_dropped"]
    assert "riskkit rates --model OUT --policy FILE" in describe_update_of_bundle(summary)[-1]
    written = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert written["drift"]["index_date"] == "2024-01-01"


def test_a_year_beyond_the_limits_is_refused_and_no_bundle_is_written(
    training: Training, source: Path, tmp_path: Path
) -> None:
    dear = _dearer(source, tmp_path / "dear", 10.0)
    write_bundle(training.bundle, tmp_path / "out" / "bundle")
    summary = update_bundle(training.bundle, dear, tmp_path / "out", index_date=CLOSED, limits=LIMITS, run=RUN)
    assert summary["drift"]["outcomes"]["payment_cost"]["verdict"] == "refuse"
    # a bundle that lay there from an earlier year is not left beside a summary that refuses it
    assert {file.name for file in (tmp_path / "out").iterdir()} == {"summary.json"}
    assert describe_update_of_bundle(summary)[-1] == "A model is refused: no bundle is written."
    with pytest.raises(AcceptanceError, match=r"payment_cost\.drift: found .* No bundle is written") as raised:
        require_update(summary)
    assert "champion" not in str(raised.value)


def test_a_year_that_has_not_closed_is_refused_before_anything_is_written(
    training: Training, source: Path, tmp_path: Path
) -> None:
    with pytest.raises(DataContractError, match=r"no model can be judged .* the data end on .* Give an --index-date"):
        update_bundle(training.bundle, source, tmp_path / "out", index_date=date(2025, 1, 1), limits=LIMITS, run=RUN)
    assert not (tmp_path / "out").exists()


def test_a_bundle_that_is_kept_keeps_its_rates(rated: RatedPopulation, source: Path, tmp_path: Path) -> None:
    # Bands so wide that the level of a few hundred members lies in them.
    wide = tmp_path / "wide.toml"
    text = LIMITS.read_text(encoding="utf-8").replace("stable = [0.95, 1.05]", "stable = [0.4, 2.5]")
    wide.write_text(text, encoding="utf-8")
    admission: Bundle = replace(rated.bundle, models={"admission": rated.bundle.models["admission"]})
    summary = update_bundle(admission, source, tmp_path / "out", index_date=CLOSED, limits=wide, run=RUN)
    report = summary["drift"]["outcomes"]["admission"]
    kept = read_bundle(tmp_path / "out" / "bundle")
    # the rates hang on another outcome, so that whatever the test says of admissions they stay
    assert report["verdict"] == "stable"
    assert not summary["rates_dropped"]
    assert (kept.rates is None) == (rated.bundle.rates is None)
    made = bool(report["update"]["made"])
    assert (CLOSED in kept.learnt.dates) == made
    assert np.isfinite(report["oe_ratio"])


@pytest.mark.parametrize("day", [date(2020, 1, 1), date(2023, 1, 1), date(2023, 6, 1), date(2023, 12, 31)])
def test_a_year_that_the_models_learnt_from_is_refused_before_the_source_is_opened(
    day: date, training: Training, tmp_path: Path
) -> None:
    # calibrated on 2023-01-01, whose outcomes are in after 365 days: on 2024-01-01
    with pytest.raises(DataContractError, match=r"rows of 2023-01-01 .* expected 2024-01-01 or later.*--other-persons"):
        update_bundle(training.bundle, tmp_path / "none", tmp_path / "out", index_date=day, limits=LIMITS, run=RUN)


def test_the_same_year_does_not_teach_twice(training: Training, tmp_path: Path) -> None:
    taught = replace(training.bundle, taught_by=Learnt("time", (*training.bundle.learnt.dates, CLOSED)))
    with pytest.raises(DataContractError, match="expected 2024-12-31 or later"):
        update_bundle(taught, tmp_path / "none", tmp_path / "out", index_date=CLOSED, limits=LIMITS, run=RUN)


def test_other_persons_may_judge_a_year_that_the_models_learnt_from(
    training: Training, source: Path, tmp_path: Path
) -> None:
    admission = replace(training.bundle, models={"admission": training.bundle.models["admission"]})
    given = {"index_date": date(2023, 1, 1), "limits": LIMITS, "run": RUN, "other_persons": True}
    summary = update_bundle(admission, source, tmp_path / "out", **given)
    assert summary["other_persons"]
    assert "admission" in summary["drift"]["outcomes"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("stable = [0.95, 1.05]", "stable = [1.2, 1.3]", r"stable=\(1.2, 1.3\)"),
        ("minimum_gini = 0.0", "minimum_gini = 1.5", "minimum_gini"),
        ("minimum_gini = 0.0", "", "minimum_gini"),
    ],
)
def test_wrong_limits_are_refused_with_the_name_of_their_file(
    old: str, new: str, words: str, training: Training, tmp_path: Path
) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text(LIMITS.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(PolicyError, match=f"wrong.toml.*{words}"):
        update_bundle(training.bundle, tmp_path / "none", tmp_path / "out", index_date=CLOSED, limits=file, run=RUN)


def test_a_map_that_is_off_but_kept_teaches_nothing_and_keeps_the_rates(
    rated: RatedPopulation, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = {"verdict": "recalibrate", "left": True, "update": {"made": False, "choice": "keep"}, "oe_ratio": 1.2}
    found = JudgedModels(rated.bundle.models, {"payment_cost": {**report, "message": "off and left"}}, {})
    monkeypatch.setattr(update_module, "judge_models", lambda *_, **__: found)
    summary = update_bundle(rated.bundle, source, tmp_path / "out", index_date=CLOSED, limits=LIMITS, run=RUN)
    kept = read_bundle(tmp_path / "out" / "bundle")
    assert kept.rates is not None
    assert not summary["rates_dropped"]
    assert CLOSED not in kept.learnt.dates
    assert [gate["verdict"] for gate in summary["gates"]] == ["inconclusive"]
    require_update(summary)
