"""The application that the commands belong to, and the options that they share."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from riskkit.data.adapters.known import LAYOUTS

if TYPE_CHECKING:
    from riskkit.data.quality import OnBadRows

app = typer.Typer(
    name="riskkit",
    help="From claims to calibrated risks, tiers, per-capita rates and the reasons for them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


class BadRows(StrEnum):
    """What happens to a row that breaks its contract."""

    refuse = "refuse"
    quarantine = "quarantine"


def _known_layout(name: str) -> str:
    if name not in LAYOUTS:
        message = f"{name!r} is not one of {', '.join(LAYOUTS)}."
        raise typer.BadParameter(message)
    return name


AdapterOption = Annotated[
    str, typer.Option("--adapter", callback=_known_layout, help=f"Layout of the source: {', '.join(LAYOUTS)}.")
]
SchemeArgument = Annotated[Path, typer.Argument(help="The scheme's TOML file, such as pipelines/synthetic.toml.")]
SourceOption = Annotated[Path, typer.Option("--source", help="Folder of the source.")]
OutOption = Annotated[Path, typer.Option("--out", help="Folder for the results.")]
OtherPersonsOption = Annotated[
    bool, typer.Option("--other-persons", help="The source holds persons that the models have not seen.")
]
BadRowsOption = Annotated[BadRows, typer.Option("--on-bad-rows", help="Refuse the source, or set bad rows aside.")]
ModelOption = Annotated[
    str,
    typer.Option("--model", help="A folder with a bundle, or an address such as models:/riskkit-synthetic@champion."),
]
IndexDateOption = Annotated[
    datetime | None,
    typer.Option("--index-date", formats=["%Y-%m-%d"], help="Index date; the scheme's rating date if not given."),
]
TrialsOption = Annotated[
    int | None,
    typer.Option("--trials", min=0, help="Tuning trials, however long they take; 0 keeps the trees as written."),
]
MinutesOption = Annotated[
    float | None,
    typer.Option("--minutes", min=0.01, help="Minutes of tuning for each outcome, however many trials they hold."),
]
WarmStartOption = Annotated[
    str | None, typer.Option("--warm-start", help="Last year's bundle, whose trees the tuning tries early.")
]
LastScoresOption = Annotated[
    Path | None, typer.Option("--last-scores", help="scores.parquet of the year before, whose tiers are held.")
]
OverridesOption = Annotated[
    Path | None,
    typer.Option("--overrides", help="CSV of clinicians: person_id, risk_tier, code, author, expiry_date."),
]
ExplainOption = Annotated[
    list[str],
    typer.Option("--explain", help="Outcome to explain for every member, may be repeated; or 'all', or 'none'."),
]
BootstrapOption = Annotated[int | None, typer.Option("--bootstrap", min=20, help="Bootstrap replicates for intervals.")]


def rows_choice(choice: BadRows) -> OnBadRows:
    """Say the choice in the words of the reader."""
    return choice.value


def day_of(moment: datetime | None) -> date | None:
    """Keep the day of a moment."""
    return None if moment is None else moment.date()
