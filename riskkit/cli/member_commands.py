"""The command that asks about one member."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Annotated

import typer

from riskkit.cli.app import LastScoresOption, ModelOption, OverridesOption, app
from riskkit.errors import DataContractError


@app.command(
    epilog="Example: riskkit whatif --model out/demo --members out/members.parquet --person ID "
    "--set hba1c_latest_730d=6.9 --last-scores last_year/scores.parquet --overrides overrides.csv"
)
def whatif(
    model: ModelOption,
    *,
    members: Annotated[Path, typer.Option("--members", help="Parquet file that 'riskkit features' wrote.")],
    person: Annotated[str, typer.Option("--person", help="The member's person_id in that file.")],
    changes: Annotated[
        list[str], typer.Option("--set", help="feature=value, or feature= for not measured; may be repeated.")
    ],
    last_scores: LastScoresOption = None,
    overrides: OverridesOption = None,
    out: Annotated[Path | None, typer.Option("--out", help="JSON file to write.")] = None,
) -> None:
    """Change features of one member and see probability, tier, rate and ledger move."""
    from riskkit.workflow.apply import open_bundle
    from riskkit.workflow.given_files import read_given_parquet
    from riskkit.workflow.tier_files import TierFiles, match_history, read_bundle_history
    from riskkit.workflow.what_if import ask_what_if, describe_what_if

    asked = dict(_read_change(text) for text in changes)
    bundle = open_bundle(model)
    rows = read_given_parquet(members, expected="members", advice="the Parquet file that 'riskkit features' wrote")
    given = read_bundle_history(bundle, TierFiles(last_scores, overrides))
    history = given if given.is_empty else match_history(given, rows)
    found = ask_what_if(bundle, rows, asked, person_id=person, history=history)
    if out is not None:
        out.write_text(json.dumps(found.to_dict(), ensure_ascii=False, indent=1), encoding="utf-8")
    typer.echo("\n".join(describe_what_if(found)))


def _read_change(text: str) -> tuple[str, float | None]:
    name, sign, value = text.partition("=")
    try:
        if not sign:
            raise ValueError  # noqa: TRY301  (said once, below)
        number = float(value) if value.strip() else None
        if number is not None and math.isnan(number):
            raise ValueError  # noqa: TRY301
    except ValueError as exc:
        message = f"--set {text!r}: expected feature=value with a number, or feature= for not measured. Correct it."
        raise DataContractError(message) from exc
    return name.strip(), number
