"""Leftovers: what an earlier settlement wrote to a folder and this one does not, so that no two years lie mixed."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Final

from riskkit.data.csv_table import read_csv_table
from riskkit.errors import DataContractError
from riskkit.report.statement_page import name_files

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

FILES: Final = (
    *("summary.json", "settlement.en.html", "settlement.zh.html", "totals.csv", "lines.csv", "comparison.csv"),
    *("distribution.csv", "contracts.csv", "outside.csv", "panel_noise.csv", "scorecard.csv"),
)
"""Every file that a settlement may write, beside the statements."""
STATEMENTS: Final = "statements"


def find_leftovers(out: Path, written: Iterable[str], keep: Iterable[Path]) -> list[Path]:
    """Find the files that the settlement before wrote and this one did not.

    Parameters
    ----------
    out : pathlib.Path
        Folder of the results, as the settlement before left it.
    written : iterable of str
        Names of the files that this settlement writes.
    keep : iterable of pathlib.Path
        Files that this settlement is made from; they are never left over.

    Returns
    -------
    list of pathlib.Path
        Files of the fixed names that the summary in the folder says were written, and that are not written now.
    """
    kept = {path.resolve() for path in keep}
    before = set(_read_files(out)) & set(FILES) - set(written)
    return [out / name for name in sorted(before) if (out / name).is_file() and (out / name).resolve() not in kept]


def keep_foreign(out: Path, stage: Path) -> None:
    """Carry over what others put among the statements; the statements of teams that are gone stay behind.

    Parameters
    ----------
    out : pathlib.Path
        Folder of the results, as the settlement before left it.
    stage : pathlib.Path
        Folder to which this settlement has written.
    """
    old, new = out / STATEMENTS, stage / STATEMENTS
    if not old.is_dir():
        return
    own = {f"{name}{ending}" for name in _read_teams(out) for ending in (".csv", ".en.html", ".zh.html")}
    for item in sorted(old.iterdir()):
        if item.name in own or (new / item.name).exists():
            continue
        if item.is_dir():
            shutil.copytree(item, new / item.name, symlinks=True)
        else:
            shutil.copy2(item, new / item.name, follow_symlinks=False)


def _read_files(out: Path) -> list[str]:
    """Read what the summary in the folder says was written; nothing where there is none, or none of a settlement."""
    try:
        held = json.loads((out / "summary.json").read_text(encoding="utf-8"))["settlement"]["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return [str(name) for name in held] if isinstance(held, list) else []


def _read_teams(out: Path) -> list[str]:
    """Read the names of the statements that the settlement before wrote."""
    if "totals.csv" not in _read_files(out):
        return []
    try:
        totals = read_csv_table(out / "totals.csv", blanks_missing=False)
    except DataContractError:
        return []
    return list(name_files([str(team) for team in totals["team_id"]]).values()) if "team_id" in totals else []
