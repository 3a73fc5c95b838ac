"""Score the teams of a source on a scorecard."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from riskkit.data.io import staged
from riskkit.data.staging import keep_source
from riskkit.policy import read_policy
from riskkit.settlement.measures import compute_measures
from riskkit.settlement.scorecard import score_teams, spread_measures
from riskkit.settlement.scorecard_policy import Scorecard
from riskkit.workflow.contract_file import read_table
from riskkit.workflow.year import find_year, open_tables, read_year_of_care

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from riskkit.data.io import Tables
    from riskkit.data.quality import OnBadRows

    Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class ScoredTeams:
    """A scorecard filled in.

    Parameters
    ----------
    scorecard : Scorecard
        The scorecard.
    lines : pandas.DataFrame
        One row per team and indicator.
    teams : pandas.DataFrame
        One row per team: `quality` (of 100), points by dimension and assessor.
    measures : pandas.DataFrame
        One row per team, see `riskkit.settlement.scorecard.spread_measures`.
    """

    scorecard: Scorecard
    lines: pd.DataFrame
    teams: pd.DataFrame
    measures: pd.DataFrame


def score_tables(
    scorecard: Scorecard,
    tables: Tables,
    start: pd.Timestamp,
    reported: pd.DataFrame | None = None,
    *,
    known_by: pd.Timestamp | None = None,
) -> ScoredTeams:
    """Score the teams of canonical tables.

    Parameters
    ----------
    scorecard : Scorecard
        The scorecard.
    tables : Tables
        Canonical tables.
    start : pandas.Timestamp
        First day of the year.
    reported : pandas.DataFrame, optional
        Rates that come from outside.
    known_by : pandas.Timestamp, optional
        Records with an `available_date` up to this day count, the run-out date of a settlement; all of them where not
        given.

    Returns
    -------
    ScoredTeams
        Lines and teams.
    """
    year = read_year_of_care(tables, find_year(start), scorecard.least_days.value, known_by)
    lines, teams = score_teams(scorecard, compute_measures(scorecard, year, reported))
    return ScoredTeams(scorecard, lines, teams, spread_measures(scorecard, lines))


def score_quality(
    scorecard: Path,
    source: Path,
    out: Path,
    start: pd.Timestamp,
    *,
    adapter: str,
    reported: Path | None = None,
    known_by: pd.Timestamp | None = None,
    on_bad_rows: OnBadRows = "refuse",
    progress: Progress | None = None,
) -> ScoredTeams:
    """Score the teams of a source and write the answers.

    Parameters
    ----------
    scorecard, source, out : pathlib.Path
        Scorecard file, folder of the source, and folder that gets ``scorecard.csv``, ``quality.csv``,
        ``measures.csv`` and ``summary.json``.
    start : pandas.Timestamp
        First day of the year.
    adapter : str
        Layout of the source.
    reported : pathlib.Path, optional
        CSV file with `team_id`, `indicator`, `numerator`, `denominator`.
    known_by : pandas.Timestamp, optional
        Records with an `available_date` up to this day count; all that the source holds where not given.
    on_bad_rows : {"refuse", "quarantine"}, default "refuse"
        What happens to a row that breaks its contract.
    progress : callable, optional
        Called with (what, done, in all).

    Returns
    -------
    ScoredTeams
        Lines and teams.
    """
    read = read_policy(scorecard, Scorecard)
    outside = None if reported is None else read_table(reported)
    keep_source(source, out)
    with open_tables(source, adapter, on_bad_rows=on_bad_rows, progress=progress) as tables:
        scored = score_tables(read, tables, start, outside, known_by=known_by)
    summary = {
        "scorecard": read.name,
        "year_start": start.date().isoformat(),
        "known_by": None if known_by is None else known_by.date().isoformat(),
        "teams": len(scored.teams),
        "mean_quality": None if scored.teams["quality"].isna().all() else float(scored.teams["quality"].mean()),
        "unscored_teams": int(scored.teams["quality"].isna().sum()),
        "not_scored": int(scored.lines["attained"].isna().sum()),
    }
    with staged(out) as stage:
        scored.lines.to_csv(stage / "scorecard.csv", index=False)
        scored.teams.to_csv(stage / "quality.csv", index=False)
        scored.measures.to_csv(stage / "measures.csv", index=False)
        (stage / "summary.json").write_text(json.dumps({"quality": summary}, indent=2) + "\n", encoding="utf-8")
    return scored


def describe_quality_scores(scored: ScoredTeams) -> list[str]:
    """Say in a few lines what the scorecard says.

    Parameters
    ----------
    scored : ScoredTeams
        The filled scorecard.

    Returns
    -------
    list of str
        Lines for the terminal.
    """
    quality = scored.teams["quality"].dropna()
    untold = scored.lines["attained"].isna().sum()
    head = f"Scored {len(quality):,} of {len(scored.teams):,} teams on {scored.scorecard.name}"
    range_told = (
        f"{quality.min():.1f} to {quality.max():.1f} of 100, mean {quality.mean():.1f}" if len(quality) else "none"
    )
    return [f"{head}: quality {range_told}; {untold} of {len(scored.lines)} lines have too small a denominator."]
