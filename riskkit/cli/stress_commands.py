"""The command of the stress test."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from riskkit.cli.app import OutOption, app
from riskkit.cli.progress import show_progress


@app.command(epilog="Example: riskkit stress --policy models/stress/base.toml --out out/stress")
def stress(
    policy: Annotated[Path, typer.Option("--policy", help="Stress policy, such as models/stress/base.toml.")],
    *,
    against: Annotated[
        Path | None, typer.Option("--against", help="A second policy, on the same random numbers.")
    ] = None,
    rates: Annotated[
        Path | None,
        typer.Option("--rates", help="rates.parquet of a retraining, or its folder, in place of the portfolio."),
    ] = None,
    out: OutOption = Path("out/stress"),
    paths: Annotated[int, typer.Option("--paths", min=100, help="Paths.")] = 10_000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the paths.")] = 0,
) -> None:
    """Test a fund over years and paths: breach of the redline, ruin, tails, teams, and what moves them."""
    from riskkit.workflow.stress import PAGE, describe_stress, run_stress

    with show_progress() as progress:
        run = run_stress(policy, out, against=against, rates=rates, n_paths=paths, seed=seed, progress=progress)
    typer.echo("\n".join([*describe_stress(run.summary), f"Report: {out / PAGE}"]))
