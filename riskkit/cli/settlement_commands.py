"""The commands of the settlement: close a year, score its quality, watch over its integrity."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from riskkit.cli.app import app
from riskkit.cli.progress import show_progress


@app.command(
    epilog="Example: riskkit settle --policy models/settlement/mssp.toml --source results.csv --out out/settle"
)
def settle(
    policy: Annotated[Path, typer.Option("--policy", help="Settlement policy, such as models/settlement/xiaoyi.toml.")],
    *,
    source: Annotated[
        Path,
        typer.Option("--source", help="CSV file of contracts or published results; with --rates, a source folder."),
    ],
    out: Annotated[Path, typer.Option("--out", help="Folder for the results.")] = Path("out/settle"),
    institutions: Annotated[
        Path | None, typer.Option("--institutions", help="CSV file of institutions, to hand on what teams retain.")
    ] = None,
) -> None:
    """Settle a year: prepaid against actual, a statement per team, every total reconciled."""
    from riskkit.workflow.settle import describe_settlement, settle_file

    with show_progress() as progress:
        year = settle_file(policy, source, out, institutions=institutions, progress=progress)
    typer.echo("\n".join([*describe_settlement(year), f"Summary, totals and statements: {out}"]))
