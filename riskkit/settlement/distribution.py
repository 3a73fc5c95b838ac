"""Distribution: what a team retains, handed on to its institutions by role, volume and quality, and for its uses."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pandas as pd

from riskkit.errors import DataContractError
from riskkit.settlement.money import exact, split_whole

if TYPE_CHECKING:
    from collections.abc import Hashable

    from riskkit.settlement.policy import Distribution
    from riskkit.settlement.statement import Settlement

KEY = ["team_id", "institution_id"]


def distribute(distribution: Distribution, totals: pd.DataFrame, institutions: pd.DataFrame) -> pd.DataFrame:
    """Hand on what each team retains.

    An institution's part is the weighted mean of its shares in the team: sum over the weights of weight x its value /
    the team's value, rounded by largest remainder so that the parts sum to the whole.

    Parameters
    ----------
    distribution : Distribution
        Weights and uses.
    totals : pandas.DataFrame of shape (n_teams, n_columns)
        `team_id` and `retained_minor`.
    institutions : pandas.DataFrame of shape (n_institutions, n_columns)
        `team_id`, `institution_id` and a column per weight, at least 0.

    Returns
    -------
    pandas.DataFrame of shape (n_institutions, 3 + n_uses)
        `team_id`, `institution_id`, `amount_minor` and `<use>_minor`, sorted by key; a team's amounts sum to what it
        retains.

    Raises
    ------
    DataContractError
        If a column is absent, an institution has no name, stands twice or is of a team that is not settled, a number is
        missing or negative, a team that retains money has no institution, or none of its institutions has anything of a
        weighted column.
    """
    for column in [*KEY, *distribution.weights]:
        if column not in institutions.columns:
            message = f"settlement: the institutions lack column {column!r}. Add it, or take it out of the weights."
            raise DataContractError(message)
    _check_institutions(institutions, totals)
    ordered = institutions.sort_values(KEY, ignore_index=True)
    parts = []
    for team, retained in zip(totals["team_id"], totals["retained_minor"], strict=True):
        rows = ordered[ordered["team_id"] == team]
        if rows.empty and retained:
            message = f"settlement: team {team!r} retains money and has no institution. Add its institutions."
            raise DataContractError(message)
        if not rows.empty:
            amounts = split_whole(int(retained), _shares(distribution, rows, str(team)))
            parts.append(rows[KEY].assign(amount_minor=amounts))
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*KEY, "amount_minor"])
    return _add_uses(distribution, table)


def _check_institutions(institutions: pd.DataFrame, totals: pd.DataFrame) -> None:
    """Refuse institutions without a name, named twice in a team, or of a team that is not settled."""
    wrong = institutions[KEY].isna().any(axis=1) | institutions.duplicated(KEY)
    wrong |= ~institutions["team_id"].isin(totals["team_id"])
    if wrong.any():
        first = institutions.loc[wrong, KEY].iloc[0].tolist()
        message = (
            f"settlement: found the institution {first[1]!r} of team {first[0]!r} and {int(wrong.sum()) - 1} more, "
            "expected each institution once, with a name, of a team that is settled. Correct the institutions."
        )
        raise DataContractError(message)


def add_parts(settlement: Settlement, parts: pd.DataFrame) -> Settlement:
    """Put the parts of the institutions on the statements of the teams that retain anything.

    Parameters
    ----------
    settlement : Settlement
        Lines and totals.
    parts : pandas.DataFrame
        See `distribute`.

    Returns
    -------
    Settlement
        The same totals; after the other lines of a team one of section `distribution` per institution, whose amounts
        sum to what the team retains, and one of section `uses` per institution and use, which says what of it is for
        what.

    Raises
    ------
    DataContractError
        If a team's parts do not sum to what it retains.
    """
    retained = dict(zip(settlement.totals["team_id"], settlement.totals["retained_minor"].astype(int), strict=True))
    sums = parts.groupby("team_id")["amount_minor"].sum().to_dict() if len(parts) else {}
    for team, whole in retained.items():
        if int(sums.get(team, 0)) != whole:
            message = (
                f"settlement: the parts of team {team!r} come to {int(sums.get(team, 0))} minor units, what it retains "
                f"to {whole}; expected the same. Give the institutions of every team that retains money."
            )
            raise DataContractError(message)
    uses = [str(name) for name in parts.columns if name not in (*KEY, "amount_minor")]
    last = settlement.lines.groupby("team_id")["line"].max()
    rows: list[dict[str, object]] = []
    for team, own in parts[parts["team_id"].map(retained) != 0].groupby("team_id"):
        told = [_part_line(row, retained[str(team)]) for row in own.to_dict("records")]
        told += [_use_line(row, use) for row in own.to_dict("records") for use in uses]
        rows += [{**line, "team_id": team, "line": int(last[team]) + at} for at, line in enumerate(told, start=1)]
    if not rows:
        return settlement
    added = pd.DataFrame(rows, columns=settlement.lines.columns).astype(settlement.lines.dtypes.to_dict())
    lines = pd.concat([settlement.lines, added]).sort_values(["team_id", "line"], ignore_index=True)
    return replace(settlement, lines=lines)


def _part_line(row: dict[Hashable, Any], retained: int) -> dict[str, object]:
    amount, name = int(row["amount_minor"]), str(row["institution_id"])
    held = {"section": "distribution", "item": "part", "detail": name, "basis_minor": retained}
    return {**held, "rate": amount / retained, "amount_minor": amount}


def _use_line(row: dict[Hashable, Any], use: str) -> dict[str, object]:
    whole, amount = int(row["amount_minor"]), int(row[use])
    name = f"{row['institution_id']}: {use.removesuffix('_minor')}"
    held = {"section": "uses", "item": "use", "detail": name, "basis_minor": whole, "amount_minor": amount}
    return {**held, "rate": amount / whole if whole else None}


def _add_uses(distribution: Distribution, table: pd.DataFrame) -> pd.DataFrame:
    """Split each amount over its uses; what is left free is the last part."""
    weights = [exact(share.value) for share in distribution.uses.values()]
    rows = [split_whole(int(amount), [*weights, 1 - sum(weights, Fraction(0))]) for amount in table["amount_minor"]]
    names = [f"{use}_minor" for use in distribution.uses]
    return table.assign(**{name: [row[at] for row in rows] for at, name in enumerate(names)})


def _shares(distribution: Distribution, rows: pd.DataFrame, team: str) -> list[Fraction]:
    shares = [Fraction(0)] * len(rows)
    for column, weight in distribution.weights.items():
        values = [float(value) for value in rows[column]]
        if not (all(value >= 0 for value in values) and sum(values) > 0):
            message = (
                f"settlement: {column} of team {team!r} must be at least 0 and not all 0, got {values}. Correct it."
            )
            raise DataContractError(message)
        whole = sum((exact(value) for value in values), Fraction(0))
        for at, value in enumerate(values):
            shares[at] += exact(weight.value) * exact(value) / whole
    return shares
