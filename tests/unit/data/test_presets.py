"""Presets: found in a checkout and in a wheel, copied whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from riskkit.data import presets
from riskkit.data.presets import find_presets, write_starting_set
from riskkit.errors import PolicyError


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_checkout_uses_the_folders_that_people_edit() -> None:
    assert find_presets() == Path(__file__).parents[3]


def test_a_wheel_uses_the_folders_inside_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = tmp_path / "site" / "riskkit" / "data" / "starting_set"
    for name in ("pipelines", "models"):
        (inside / name).mkdir(parents=True)
    monkeypatch.setattr(presets, "PLACES", (inside, tmp_path))
    assert find_presets() == inside


def test_an_installation_without_them_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presets, "PLACES", (tmp_path / "starting_set", tmp_path))
    with pytest.raises(PolicyError, match=r"pipelines/ and models/ are not there\. Install riskkit from"):
        find_presets()


def test_the_starting_set_is_a_faithful_copy(tmp_path: Path) -> None:
    written = write_starting_set(tmp_path / "new" / "county")
    assert written == tmp_path / "new" / "county"
    for name in ("pipelines", "models"):
        assert contents(written / name) == contents(find_presets() / name)


def test_what_else_is_in_the_folder_stays(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    write_starting_set(tmp_path)
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "mine.toml").write_text("mine", encoding="utf-8")
    with pytest.raises(PolicyError, match=r"models/ is there already and is not overwritten\. Give another place"):
        write_starting_set(tmp_path)
    assert contents(tmp_path) == {"models/mine.toml": b"mine"}


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "county").write_text("", encoding="utf-8")
    with pytest.raises(PolicyError, match="found a file, expected a folder or nothing"):
        write_starting_set(tmp_path / "county")


def test_a_copy_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object, **options: object) -> None:
        message = "No space left on device"
        raise OSError(message)

    monkeypatch.setattr(presets.shutil, "copytree", full)
    with pytest.raises(OSError, match="No space left"):
        write_starting_set(tmp_path / "county")
    assert list(tmp_path.iterdir()) == []
