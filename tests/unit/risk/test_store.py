"""The store gives back what it was given, or says what is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from riskkit.errors import ModelStoreError
from riskkit.risk.fit import fit_outcome
from riskkit.risk.matrix import ModelFrame
from riskkit.risk.model import OutcomeModel
from riskkit.risk.store import read_model, write_model
from tests.unit.risk.conftest import NAMES, make_features, make_frame, make_spec


@pytest.fixture(scope="module")
def model(train: ModelFrame, calibration: ModelFrame) -> OutcomeModel:
    return fit_outcome(make_spec(), train, calibration, feature_names=NAMES, directions={"hba1c": 1}, num_threads=1)


@pytest.fixture
def folder(model: OutcomeModel, tmp_path: Path) -> Path:
    return write_model(model, tmp_path / "admission")


def test_a_stored_model_predicts_the_same_numbers(model: OutcomeModel, folder: Path) -> None:
    again, features = read_model(folder), make_features(100, seed=3)
    np.testing.assert_array_equal(again.predict(features), model.predict(features))
    assert again == model


def test_both_parts_of_a_two_part_model_are_stored(tmp_path: Path) -> None:
    spec = make_spec("cost", model={"objective": "two_part"})
    frames = make_frame(300, kind="cost"), make_frame(300, kind="cost", seed=10, prefix="q")
    model = fit_outcome(spec, *frames, feature_names=NAMES, directions={}, num_threads=1)
    again = read_model(write_model(model, tmp_path / "cost"))
    assert {file.name for file in (tmp_path / "cost").iterdir()} == {
        "model.lgb",
        "amount.lgb",
        "calibrator.json",
        "manifest.json",
    }
    np.testing.assert_array_equal(again.predict(frames[0].features), model.predict(frames[0].features))


def test_storing_twice_writes_the_same_bytes(model: OutcomeModel, folder: Path, tmp_path: Path) -> None:
    other = write_model(model, tmp_path / "other")
    for file in folder.iterdir():
        assert file.read_bytes() == (other / file.name).read_bytes()


def test_a_stored_model_is_replaced_whole(model: OutcomeModel, folder: Path) -> None:
    (folder / "amount.lgb").write_text("left over", encoding="utf-8")
    write_model(model, folder)
    assert not (folder / "amount.lgb").exists()
    assert [path.name for path in folder.parent.iterdir()] == ["admission"]


def test_a_folder_of_something_else_is_left_alone(model: OutcomeModel, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(ModelStoreError, match="not a stored model"):
        write_model(model, tmp_path)
    assert (tmp_path / "thesis.txt").exists()


@pytest.mark.parametrize("name", ["model.lgb", "calibrator.json"])
def test_a_truncated_file_is_named(folder: Path, name: str) -> None:
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[:-20])
    with pytest.raises(ModelStoreError, match=rf"{name}: found sha256 .* truncated or altered"):
        read_model(folder)


def test_one_altered_leaf_is_noticed(folder: Path) -> None:
    text = (folder / "model.lgb").read_text(encoding="utf-8")
    (folder / "model.lgb").write_text(text.replace("leaf_value=-", "leaf_value=", 1), encoding="utf-8")
    with pytest.raises(ModelStoreError, match=r"model\.lgb"):
        read_model(folder)


def test_an_altered_manifest_is_noticed(folder: Path) -> None:
    file = folder / "manifest.json"
    file.write_text(file.read_text(encoding="utf-8").replace('"floor": 0.0', '"floor": 1.0'), encoding="utf-8")
    with pytest.raises(ModelStoreError, match="manifest was altered"):
        read_model(folder)


def test_an_absent_model_or_file_is_named(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelStoreError, match="no such file, expected a stored model"):
        read_model(tmp_path / "nowhere")
    (folder / "calibrator.json").unlink()
    with pytest.raises(ModelStoreError, match=r"calibrator\.json: cannot be read"):
        read_model(folder)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format_version": 1}'])
def test_a_broken_manifest_is_one_clear_line(folder: Path, text: str) -> None:
    (folder / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(ModelStoreError, match=r"manifest\.json: cannot be read") as caught:
        read_model(folder)
    assert "\n" not in str(caught.value)


def test_a_model_of_a_newer_version_is_refused(folder: Path) -> None:
    file = folder / "manifest.json"
    manifest = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**manifest, "format_version": 3}), encoding="utf-8")
    with pytest.raises(ModelStoreError, match="found format_version 3, expected at most 2"):
        read_model(folder)
