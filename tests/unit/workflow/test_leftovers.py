"""A folder that is settled again holds the new year alone, and what others put there."""

from __future__ import annotations

from pathlib import Path

from riskkit.data.presets import find_presets
from riskkit.workflow.settle import settle_file

PRESETS = find_presets() / "models" / "settlement"
HEAD = "team_id,prepaid_amount,actual_amount\n"
INSTITUTIONS = "team_id,institution_id,role,volume\nA,1,1,1\nB,2,1,3\n"


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_what_the_settlement_before_wrote_alone_is_removed(tmp_path: Path) -> None:
    out, source = tmp_path / "out", tmp_path / "source.csv"
    institutions = write(tmp_path / "institutions.csv", INSTITUTIONS)
    write(source, f"{HEAD}A,100,90\nB,100,90\n")
    settle_file(PRESETS / "xiaoyi.toml", source, out, institutions=institutions)
    foreign = [out / "notes.txt", out / "scorecard.csv", out / "statements" / "notes.csv", out / "statements" / "C.csv"]
    for path in foreign:
        write(path, "mine")
    write(source, f"{HEAD}A,100,80\n")
    settle_file(PRESETS / "xiaoyi.toml", source, out)
    # distribution.csv and the statements of B are of the year before; the rest was never ours
    assert not (out / "distribution.csv").exists()
    own = {"A.csv", "A.en.html", "A.zh.html"}
    assert {path.name for path in (out / "statements").iterdir()} == own | {"notes.csv", "C.csv"}
    assert all(path.read_text(encoding="utf-8") == "mine" for path in foreign)


def test_a_file_that_is_settled_again_from_its_own_folder_stays(tmp_path: Path) -> None:
    out = tmp_path / "out"
    source = write(tmp_path / "source.csv", f"{HEAD}A,100,90\n")
    given = write(tmp_path / "institutions.csv", "team_id,institution_id,role,volume\nA,1,1,1\n")
    settle_file(PRESETS / "xiaoyi.toml", source, out, institutions=given)
    # the distribution of the first run is put to use as the contracts of the second
    kept = write(out / "distribution.csv", f"{HEAD}A,100,90\n")
    settle_file(PRESETS / "full_retention.toml", kept, out)
    assert kept.read_text(encoding="utf-8").startswith(HEAD)
