"""Export: the view of one role on a source, with counts of its members that give nobody away."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from riskkit.data.disclosure import suppress_small_cells
from riskkit.data.presets import find_presets
from riskkit.data.privacy import hash_person_ids, read_id_key
from riskkit.data.staging import keep_source, staged
from riskkit.data.view_policy import read_view
from riskkit.data.views import Viewer, write_view
from riskkit.workflow.source import open_source

if TYPE_CHECKING:
    from collections.abc import Callable

    from riskkit.data.quality import OnBadRows
    from riskkit.data.view_policy import ViewPolicy

    Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Asked:
    """Whose view is asked for.

    Parameters
    ----------
    role : {'institution', 'payer', 'patient'}
        The role.
    of : str, default ''
        The institution, or the person as the source names them.
    day : datetime.date, optional
        Day whose members an institution sees.
    views : pathlib.Path, optional
        Folder of view policies; the shipped ones where not given.
    """

    role: str
    of: str = ""
    day: date | None = None
    views: Path | None = None


def export_view(
    adapter: str,
    source: Path,
    out: Path,
    asked: Asked,
    *,
    on_bad_rows: OnBadRows = "refuse",
    progress: Progress | None = None,
) -> dict[str, int]:
    """Write what a role may see of a source.

    Parameters
    ----------
    adapter : str
        Layout of the source.
    source : pathlib.Path
        The source.
    out : pathlib.Path
        Folder that gets the tables, ``counts.csv`` (members by decade of birth and sex, small cells suppressed) and
        ``view.json``.
    asked : Asked
        Whose view.
    on_bad_rows : {"refuse", "quarantine"}, default "refuse"
        What happens to a row that breaks its contract.
    progress : callable, optional
        Called with (what, done, in all).

    Returns
    -------
    dict of str to int
        Rows by table, and `masked_diagnoses`.

    Raises
    ------
    PolicyError
        If the view policy is absent or breaks a rule.
    DataContractError
        If the source cannot be read, or nobody is in the scope; nothing is written.
    """
    keep_source(source, out)
    policy, sensitive = read_view((asked.views or find_presets() / "models" / "views") / f"{asked.role}.toml")
    subject = asked.of
    if policy.scope == "person" and subject:
        subject = hash_person_ids([subject], read_id_key()).iloc[0]
    with tempfile.TemporaryDirectory(prefix="riskkit-") as scratch, staged(out) as stage:
        opened = open_source(adapter, source, Path(scratch), on_bad_rows=on_bad_rows, progress=progress)
        rows = write_view(opened.tables.paths, Viewer(policy, sensitive, subject, asked.day), stage)
        if policy.scope != "person":
            _count_members(pd.read_parquet(stage / "person.parquet"), policy).to_csv(stage / "counts.csv", index=False)
        # What is said of the view names no person.
        said = {"role": policy.role, "title": policy.title, "day": str(asked.day) if asked.day else None, "rows": rows}
        (stage / "view.json").write_text(json.dumps(said, indent=1), encoding="utf-8")
    return rows


def _count_members(person: pd.DataFrame, policy: ViewPolicy) -> pd.DataFrame:
    """Count members by decade of birth and sex, without cells of few."""
    decade = pd.to_datetime(person["birth_date"]).dt.year // 10 * 10
    counted = person.assign(birth_decade=decade, sex=person["sex"].fillna("not known"))
    cells = counted.groupby(["birth_decade", "sex"]).size().rename("members").reset_index()
    return suppress_small_cells(cells, "members", within=["sex"], smallest=int(policy.smallest_cell.value))
