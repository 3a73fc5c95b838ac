"""Files appear together or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from riskkit.data.staging import keep_model, keep_source, staged
from riskkit.errors import DataContractError


def _names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_files_and_folders_are_moved_when_the_block_ends_well(tmp_path: Path) -> None:
    with staged(tmp_path / "deep" / "out") as stage:
        (stage / "a.txt").write_text("a")
        (stage / "inner").mkdir()
        (stage / "inner" / "b.txt").write_text("b")
        assert not (tmp_path / "deep" / "out").exists()
    assert _names(tmp_path) == ["deep", "deep/out", "deep/out/a.txt", "deep/out/inner", "deep/out/inner/b.txt"]


def test_nothing_appears_and_nothing_is_lost_when_the_block_fails(tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.mkdir()
    (target / "a.txt").write_text("old")
    with pytest.raises(ZeroDivisionError), staged(target) as stage:
        (stage / "a.txt").write_text("new")
        raise ZeroDivisionError
    assert (target / "a.txt").read_text() == "old"
    assert _names(tmp_path) == ["out", "out/a.txt"]


def test_a_target_that_is_not_there_yet_is_not_made_by_a_block_that_fails(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), staged(tmp_path / "out"):
        raise ZeroDivisionError
    assert _names(tmp_path) == []


def test_files_of_other_names_stay_and_those_of_the_same_name_are_replaced(tmp_path: Path) -> None:
    target = tmp_path / "out"
    (target / "inner").mkdir(parents=True)
    (target / "inner" / "old.txt").write_text("old")
    (target / "other.txt").write_text("kept")
    (target / "thing").write_text("was a file")
    with staged(target) as stage:
        for name in ("inner", "thing"):
            (stage / name).mkdir()
            (stage / name / "new.txt").write_text("new")
    assert _names(target) == ["inner", "inner/new.txt", "other.txt", "thing", "thing/new.txt"]


def test_the_folder_one_stands_in_can_be_the_target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    with staged(Path()) as stage:
        (stage / "a.txt").write_text("a")
    assert _names(tmp_path) == ["here", "here/a.txt"]


def test_what_a_killed_run_left_behind_is_cleared(tmp_path: Path) -> None:
    (tmp_path / ".out.part").mkdir()
    (tmp_path / ".out.part" / "half.parquet").write_text("half")
    with staged(tmp_path / "out") as stage:
        (stage / "a.txt").write_text("a")
    assert _names(tmp_path) == ["out", "out/a.txt"]


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(DataContractError, match="found a file, expected a folder"), staged(tmp_path / "out"):
        pass
    with pytest.raises(DataContractError, match="no folder can be made there"), staged(tmp_path / "out" / "inner"):
        pass


@pytest.mark.parametrize("inside", [".", "out", "deep/out.parquet"])
def test_results_are_not_written_over_their_source(tmp_path: Path, inside: str) -> None:
    with pytest.raises(DataContractError, match="lies in the source"):
        keep_source(tmp_path, tmp_path / inside)


def test_a_source_may_lie_inside_the_results(tmp_path: Path) -> None:
    assert keep_source(tmp_path / "out" / "source", tmp_path / "out") is None  # what is refused raises


@pytest.mark.parametrize("place", ["demo", "demo/update", "demo/bundle", "."])
def test_results_are_not_written_over_the_model_in_it_or_around_it(tmp_path: Path, place: str) -> None:
    with pytest.raises(DataContractError, match="is, lies in or holds the model"):
        keep_model(str(tmp_path / "demo"), tmp_path / place)


def test_results_beside_the_model_or_of_a_registered_one_are_written(tmp_path: Path) -> None:
    # what is refused raises
    assert keep_model(str(tmp_path / "demo"), tmp_path / "update") is None
    assert keep_model("models:/riskkit-synthetic@champion", tmp_path / "update") is None
