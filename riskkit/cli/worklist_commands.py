"""The command of the worklists."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from riskkit.cli.app import IndexDateOption, ModelOption, OutOption, OverridesOption, SourceOption, app, day_of
from riskkit.cli.progress import show_progress


@app.command(
    epilog="Example: riskkit worklist --model out/demo --source out/demo/source "
    "--last-scores last_year/scores.parquet --overrides overrides.csv --out out/worklist"
)
def worklist(
    model: ModelOption,
    *,
    source: SourceOption,
    out: OutOption = Path("out/worklist"),
    schedule: Annotated[Path | None, typer.Option("--schedule", help="Follow-up policy; the shipped one else.")] = None,
    tiers: Annotated[Path | None, typer.Option("--tiers", help="Tier policy; the bundle's own if not given.")] = None,
    last_scores: Annotated[
        Path | None,
        typer.Option("--last-scores", "--prior", help="scores.parquet or tiers.parquet of the year before."),
    ] = None,
    overrides: OverridesOption = None,
    index_date: IndexDateOption = None,
) -> None:
    """List for each team what its members are owed and since when it is due."""
    from riskkit.workflow.apply import open_bundle
    from riskkit.workflow.tier_changes import describe_changes
    from riskkit.workflow.tier_files import TierFiles
    from riskkit.workflow.worklist import WorklistOptions, write_worklist

    options = WorklistOptions(schedule, tiers, TierFiles(last_scores, overrides), day_of(index_date))
    with show_progress() as progress:
        found = write_worklist(open_bundle(model), source, out, options, progress=progress)
    used = found["tier_files"]
    said = describe_changes(used["changes"] if used else None)
    wrote = f"Wrote {found['services']:,} services due, {found['late']:,} of them late, for {found['teams']:,} teams"
    typer.echo("\n".join([*said, f"{wrote} to {out}."]))
