"""Watch over a source before it is settled: coding, split stays, upcoding, thin and late claims, by team."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from riskkit.cohort.episodes import find_fallen
from riskkit.data.codes import build_code_map, read_code_lists
from riskkit.data.io import staged
from riskkit.data.presets import find_presets
from riskkit.data.spelling import normalise_codes
from riskkit.data.staging import keep_source
from riskkit.errors import PolicyError
from riskkit.policy import read_policy
from riskkit.settlement.accounts import attribute_claims
from riskkit.settlement.claim_flow import watch_claims
from riskkit.settlement.coding_intensity import compute_coding_intensity
from riskkit.settlement.monitor_policy import MonitorPolicy, Upcoding
from riskkit.settlement.spans import choose_members, count_days
from riskkit.settlement.split_stays import compare_split_stays, find_split_stays
from riskkit.settlement.upcoding import compare_coding
from riskkit.workflow.held_years import CLAIMS, holds_days, require_year
from riskkit.workflow.year import find_year, open_tables, read_claims, read_days, read_spans, read_standing_claims

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from riskkit.data.io import Tables
    from riskkit.data.quality import OnBadRows

    Progress = Callable[[str, int, int], None]
    Year = tuple[pd.Timestamp, pd.Timestamp]


@dataclass(frozen=True)
class Watched:
    """What the monitors saw.

    Parameters
    ----------
    tables : dict of str to pandas.DataFrame
        A table per monitor, one row per team, and `split_pairs`.
    summary : dict
        `alerts`, teams by alert, and `not_watched`, what could not be watched and why.
    """

    tables: dict[str, pd.DataFrame]
    summary: dict[str, object]


def watch_source(
    policy: Path,
    source: Path,
    out: Path,
    start: pd.Timestamp,
    *,
    adapter: str,
    codelists: Path | None = None,
    on_bad_rows: OnBadRows = "refuse",
    progress: Progress | None = None,
) -> Watched:
    """Run the monitors of a policy on a source and write what they saw.

    Parameters
    ----------
    policy, source, out : pathlib.Path
        Monitor policy, folder of the source, and folder that gets a CSV file per monitor and ``summary.json``.
    start : pandas.Timestamp
        First day of the year.
    adapter : str
        Layout of the source.
    codelists : pathlib.Path, optional
        Folder of code lists; the shipped ones where not given.
    on_bad_rows : {"refuse", "quarantine"}, default "refuse"
        What happens to a row that breaks its contract.
    progress : callable, optional
        Called with (what, done, in all).

    Returns
    -------
    Watched
        Tables and summary.

    Raises
    ------
    PolicyError
        If a condition is no group of the policy's code list.
    DataContractError
        If the source breaks a rule or does not hold the year.
    """
    read = read_policy(policy, MonitorPolicy)
    lists = read_code_lists(codelists or find_presets() / "models" / "codelists")
    _check_groups(read, lists)
    keep_source(source, out)
    with open_tables(source, adapter, on_bad_rows=on_bad_rows, progress=progress) as tables:
        seen = _watch(read, tables, find_year(start), lists)
    summary = {**summarise_alerts(seen), "not_watched": _say_unwatched(read, seen, find_year(start))}
    with staged(out) as stage:
        for name, table in seen.items():
            table.to_csv(stage / f"{name}.csv", index=False)
        text = json.dumps(
            {"monitor": {"policy": read.name, "year_start": start.date().isoformat(), **summary}}, indent=2
        )
        (stage / "summary.json").write_text(text + "\n", encoding="utf-8")
    return Watched(seen, summary)


def summarise_alerts(tables: dict[str, pd.DataFrame]) -> dict[str, object]:
    """Name the teams of each alert.

    Parameters
    ----------
    tables : dict of str to pandas.DataFrame
        Tables of the monitors.

    Returns
    -------
    dict
        `alerts`: teams by alert.
    """
    alerts: dict[str, list[str]] = {}
    for table in tables.values():
        for column in [str(name) for name in table.columns if str(name).endswith("_alert")]:
            alerts[column] = [str(team) for team in table.loc[table[column].astype("bool"), "team_id"]]
    return {"alerts": alerts}


def describe_watch(watched: Watched) -> list[str]:
    """Say in a few lines what the monitors saw.

    Parameters
    ----------
    watched : Watched
        Tables and summary.

    Returns
    -------
    list of str
        Lines for the terminal.
    """
    alerts = watched.summary["alerts"]
    named = alerts if isinstance(alerts, dict) else {}
    unwatched = watched.summary["not_watched"]
    reasons = unwatched if isinstance(unwatched, dict) else {}
    return [f"{monitor}: not watched, {reason}" for monitor, reason in reasons.items()] + [
        f"{alert.removesuffix('_alert')}: {len(teams)} teams" + (f" ({', '.join(teams[:10])})" if teams else "")
        for alert, teams in named.items()
    ]


def _watch(policy: MonitorPolicy, tables: Tables, year: Year, lists: pd.DataFrame) -> dict[str, pd.DataFrame]:
    spans = read_spans(tables)
    members = _read_members(policy, tables, spans, year)
    require_year(tables, year, members, CLAIMS)
    coded = _read_codes(policy, tables, year, lists)
    labs = read_days(tables, "lab_result", "date", (_before(year)[0], year[1]))
    seen: dict[str, pd.DataFrame] = {}
    # Where the year before is not there, every condition would be new and every growth one of coding.
    if policy.coding is not None and holds_days(tables, _before(year), CLAIMS):
        before = _read_members(policy, tables, spans, _before(year))["person_id"]
        stayed = members[members["person_id"].isin(before)]
        if len(stayed):
            seen["coding_intensity"] = compute_coding_intensity(
                policy.coding, stayed, coded, labs, confidence=policy.confidence.value
            )
    if policy.split_stays is not None:
        stays = _read_stays(tables, year, spans)
        pairs = find_split_stays(policy.split_stays, stays)
        seen["split_pairs"] = pairs
        seen["split_stays"] = compare_split_stays(stays, pairs, confidence=policy.confidence.value)
    if policy.upcoding is not None:
        seen["upcoding"] = compare_coding(policy.upcoding, _add_coding(policy.upcoding, members, coded, labs))
    if policy.claims is not None:
        claims = read_claims(tables, year, "allowed_amount", pd.Timestamp.max)
        told = claims.assign(team_id=attribute_claims(claims, spans)).dropna(subset=["team_id"])
        months = (count_days(spans, *year) * 12.0 / (year[1] - year[0]).days).groupby(spans["team_id"]).sum()
        seen["claim_flow"] = watch_claims(policy.claims, told, months[months > 0])
    return seen


def _say_unwatched(policy: MonitorPolicy, seen: dict[str, pd.DataFrame], year: Year) -> dict[str, str]:
    if policy.coding is None or "coding_intensity" in seen:
        return {}
    before = _before(year)[0].date()
    return {"coding": f"for the source does not hold the year before, from {before}, so that no growth is known"}


def _before(year: Year) -> Year:
    return year[0] - pd.DateOffset(years=1), year[0]


def _read_members(policy: MonitorPolicy, tables: Tables, spans: pd.DataFrame, year: Year) -> pd.DataFrame:
    persons = tables.frame("person")[["person_id", "birth_date", "sex"]]
    chosen = choose_members(spans, persons[["person_id", "birth_date"]], year, policy.least_days.value)
    return chosen.merge(persons[["person_id", "sex"]], on="person_id")


def _read_codes(policy: MonitorPolicy, tables: Tables, year: Year, lists: pd.DataFrame) -> pd.DataFrame:
    """Read who was coded with which group of the policy's list on claims that stand, before and in the year."""
    name = policy.coding.code_list if policy.coding else "complications"
    groups = build_code_map(tables.paths, lists[lists["list"] == name])
    rows = read_days(tables, "diagnosis", "date", (_before(year)[0], year[1]))
    rows = rows[~rows["record_id"].isin(find_fallen(tables.paths))]
    found = rows.merge(groups, on=["code", "vocabulary"])
    found = found.assign(
        group=found["code_group"].str.removeprefix(f"{name}:"),
        later=found["date"] >= year[0],
        inpatient=found["source"] == "inpatient",
    )
    return found[["person_id", "group", "later", "inpatient"]].drop_duplicates(ignore_index=True)


def _read_stays(tables: Tables, year: Year, spans: pd.DataFrame) -> pd.DataFrame:
    claims = read_standing_claims(tables, year)
    columns = ["claim_id", "person_id", "start_date", "end_date", "discharge_status"]
    stays = claims.loc[claims["setting"] == "inpatient", columns].reset_index(drop=True)
    codes = tables.frame("diagnosis")
    codes = codes[(codes["position"] == 1) & codes["record_id"].isin(stays["claim_id"])]
    parts = [
        rows[["record_id"]].assign(principal=normalise_codes(rows["code"], str(vocabulary)))
        for vocabulary, rows in codes.groupby("vocabulary")
    ]
    principal = pd.concat(parts) if parts else pd.DataFrame({"record_id": [], "principal": []}, dtype="str")
    stays = stays.merge(principal, left_on="claim_id", right_on="record_id", how="left").drop(columns="record_id")
    team = attribute_claims(stays.rename(columns={"start_date": "date"}), spans)
    return stays.assign(team_id=team).dropna(subset=["team_id"]).reset_index(drop=True)


def _add_coding(policy: Upcoding, members: pd.DataFrame, coded: pd.DataFrame, labs: pd.DataFrame) -> pd.DataFrame:
    latest = (
        labs[labs["analyte"] == policy.analyte].sort_values(["person_id", "date"]).groupby("person_id")["value"].last()
    )
    persons = set(coded.loc[coded["later"], "person_id"])
    return members.assign(
        value=members["person_id"].map(latest).astype("float64"),
        coded=members["person_id"].isin(persons).astype("float64"),
    )


def _check_groups(policy: MonitorPolicy, lists: pd.DataFrame) -> None:
    if policy.coding is None:
        return
    known = sorted(lists.loc[lists["list"] == policy.coding.code_list, "group"].unique())
    strange = sorted(set(policy.coding.conditions) - set(known))
    if strange:
        message = (
            f"policy {policy.name} [coding]: {strange[0]!r} is no group of list {policy.coding.code_list!r}, found "
            f"{', '.join(known) or 'no such list'}. Correct the condition."
        )
        raise PolicyError(message)
