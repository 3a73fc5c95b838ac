"""Look before running: the quality of a source, and the features of a scheme."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from riskkit.data.io import staged
from riskkit.workflow.members import plan_features
from riskkit.workflow.source import OpenSource, open_source

if TYPE_CHECKING:
    from collections.abc import Callable

    from riskkit.data.quality import OnBadRows
    from riskkit.workflow.scheme import Scheme

    Progress = Callable[[str, int, int], None]


def validate_source(
    adapter: str,
    source: Path,
    out: Path | None,
    *,
    on_bad_rows: OnBadRows = "refuse",
    progress: Progress | None = None,
) -> OpenSource:
    """Check every row of a source and write the account.

    Parameters
    ----------
    adapter : str
        Layout of the source.
    source : pathlib.Path
        Its folder.
    out : pathlib.Path or None
        Folder for ``quality.json`` and ``quarantine/``; nothing is written where None.
    on_bad_rows : {"refuse", "quarantine"}, default "refuse"
        What happens to a row that breaks its contract.
    progress : callable, optional
        Called with (table, tables done, tables in all).

    Returns
    -------
    OpenSource
        The account; its tables are gone with the working folder.
    """
    with tempfile.TemporaryDirectory(prefix="riskkit-") as scratch:
        opened = open_source(adapter, source, Path(scratch), on_bad_rows=on_bad_rows, progress=progress)
        if out is not None:
            with staged(out) as stage:
                _write_account(opened, stage)
                quarantine = Path(scratch) / "tables" / "quarantine"
                if quarantine.is_dir():
                    quarantine.rename(stage / "quarantine")
    return opened


def _write_account(opened: OpenSource, folder: Path) -> None:
    account = {
        **opened.tables.quality.to_dict(),
        "hashes": opened.tables.hashes,
        "adapter": opened.adapter.to_dict() if opened.adapter else None,
    }
    text = json.dumps(account, ensure_ascii=False, indent=1, default=str)
    (folder / "quality.json").write_text(text, encoding="utf-8")


def describe_quality(opened: OpenSource) -> list[str]:
    """Say what came in, table by table.

    Parameters
    ----------
    opened : OpenSource
        The checked source.

    Returns
    -------
    list of str
        One line per table, one per broken rule, and the adapter's notes on what had no place.
    """
    lines = []
    for table in opened.tables.quality.tables:
        lines.append(
            f"{table.table}: {table.rows_in:,} rows in, {table.rows_accepted:,} accepted, "
            f"{table.rows_quarantined:,} set aside"
        )
        lines += [f"  {rule.rule}: {rule.rows:,} rows, first {rule.example}" for rule in table.violations]
        lines += [f"  column {name} is not in the contract and was left out" for name in table.ignored_columns]
    if opened.adapter:
        lines += [f"not mapped: {item.what}, {item.count:,} ({item.reason})" for item in opened.adapter.unmapped]
    return lines


def list_features(scheme: Scheme) -> list[str]:
    """List the features of a scheme.

    Parameters
    ----------
    scheme : Scheme
        The scheme.

    Returns
    -------
    list of str
        One line per feature: name, meaning, unit, group, source, window, direction, policy.
    """
    block = scheme.file.features
    plan = plan_features(scheme.codelist_directory, block.groups, block.names)
    signs = {1: "+", -1: "-", 0: " "}
    lines = [f"{len(plan.chosen.features)} features of {scheme.name}"]
    for feature in plan.chosen.features:
        window = "all" if feature.window_days is None else f"{feature.window_days}d"
        lines.append(
            f"{feature.name:<40} {signs[feature.direction]} {feature.policy:<8} {feature.group:<11} "
            f"{feature.source:<15} {window:>5}  {feature.meaning} [{feature.unit}]"
        )
    return lines
