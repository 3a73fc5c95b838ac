"""A bundle is read back as it was written, or not at all."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from riskkit.errors import ModelStoreError
from riskkit.workflow.bundle import read_bundle, write_bundle
from riskkit.workflow.rate import RatedPopulation
from riskkit.workflow.score import score_members
from riskkit.workflow.training import Training


@pytest.fixture
def copied(stored: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(stored, tmp_path / "bundle"))


def test_a_bundle_that_is_read_back_gives_the_same_scores_to_the_last_bit(
    stored: Path, members: pd.DataFrame, scores: pd.DataFrame
) -> None:
    pd.testing.assert_frame_equal(score_members(read_bundle(stored), members), scores, check_exact=True)


def test_a_bundle_that_is_read_back_is_equal_part_by_part(stored: Path, rated: RatedPopulation) -> None:
    bundle, read = rated.bundle, read_bundle(stored)
    assert (read.scheme, read.currency, read.adapter) == ("synthetic", "CNY", "native")
    assert (read.cohort, read.catalogue, read.tiers, read.rates) == (
        bundle.cohort,
        bundle.catalogue,
        bundle.tiers,
        bundle.rates,
    )
    assert read.rated_outcome == read.explained_outcome == "payment_cost"
    assert read.feature_names == bundle.feature_names
    pd.testing.assert_frame_equal(read.code_lists, bundle.code_lists)


def test_writing_what_was_read_gives_the_same_bytes(stored: Path, tmp_path: Path) -> None:
    again = write_bundle(read_bundle(stored), tmp_path / "again")
    files = sorted(path.relative_to(stored) for path in stored.rglob("*") if path.is_file())
    assert sorted(path.relative_to(again) for path in again.rglob("*") if path.is_file()) == files
    for file in files:
        assert (again / file).read_bytes() == (stored / file).read_bytes(), file


def test_a_bundle_without_tiers_and_rates_says_so(training: Training, tmp_path: Path) -> None:
    read = read_bundle(write_bundle(training.bundle, tmp_path / "plain"))
    assert read.rates is None
    assert read.with_rates(training.bundle.rates or read.rates).rates is None  # type: ignore[arg-type]


def change_json(change: Callable[[dict], object]) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        file = folder / "bundle.json"
        content = json.loads(file.read_text(encoding="utf-8"))
        change(content)
        file.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")

    return apply


def append(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes() + b"\n")


def swap_models(folder: Path) -> None:
    """Each model is whole and unaltered, and stands where the other belongs."""
    first, second = folder / "models" / "admission", folder / "models" / "payment_cost"
    first.rename(folder / "models" / "aside")
    second.rename(first)
    (folder / "models" / "aside").rename(second)


ALTERED: dict[str, Callable[[Path], None]] = {
    "trees": append("models/admission/model.lgb"),
    "calibrator": append("models/payment_cost/calibrator.json"),
    "manifest": append("models/payment_cost/manifest.json"),
    "code lists": append("code_lists.csv"),
    "a rate": change_json(lambda content: content["rates"].update(base_amount=99999.0)),
    "a cut": change_json(lambda content: content["tiers"].update(cuts=[0.01, 0.02])),
    "the seal": change_json(lambda content: content.update(sha256="0" * 64)),
    "no seal": change_json(lambda content: content.pop("sha256")),
    "format": change_json(lambda content: content.update(format=99)),
    "no format": change_json(lambda content: content.pop("format")),
    "cut short": lambda folder: (folder / "bundle.json").write_text("{", encoding="utf-8"),
    "a list": lambda folder: (folder / "bundle.json").write_text("[1]", encoding="utf-8"),
    "no code lists": lambda folder: (folder / "code_lists.csv").unlink(),
    "no model": lambda folder: shutil.rmtree(folder / "models" / "admission"),
    "models swapped": swap_models,
    "no file": lambda folder: (folder / "bundle.json").unlink(),
}


@pytest.mark.parametrize("name", ALTERED)
def test_a_bundle_in_which_anything_was_altered_is_not_read(name: str, copied: Path) -> None:
    ALTERED[name](copied)
    with pytest.raises(ModelStoreError, match=r"retrain|Retrain|Copy the model again"):
        read_bundle(copied)


def test_a_folder_that_is_no_bundle_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelStoreError, match="nowhere: no readable riskkit bundle"):
        read_bundle(tmp_path / "nowhere")
