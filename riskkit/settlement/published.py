"""Published results against the engine: the identity, the minimum-rate rule and the earned amount of each contract."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from riskkit.errors import PolicyError
from riskkit.settlement.bands import read_minimum
from riskkit.settlement.published_reasons import RATE_OF_CHECK, say_reason
from riskkit.settlement.sequestration import find_sequestration
from riskkit.settlement.statement import Settlement, settle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from riskkit.settlement.policy import SettlementPolicy

# Three amounts, each rounded to the whole unit, miss their identity by less than one and a half.
ROUNDED_IDENTITY: Final = 1.5
# The published share rate has four places: .00005 of a share of .25 is .02% of what was earned.
EARNED_TOLERANCE: Final = 0.0002
COARSEST_HALF_UNIT: Final = 0.0005
MEASURES: Final = ("minimum_rate", "share_rate", "loss_rate", "lives", "agreement_year", "performance_year")
OPTIONAL: Final = ("performance_year", "largest_share")


@dataclass(frozen=True)
class Comparison:
    """The engine's answers beside the published ones.

    Parameters
    ----------
    settlement : Settlement
        What the engine says.
    table : pandas.DataFrame
        One row per contract: published and computed amounts, and for each of the three checks whether it holds.
    misses : list of dict
        One entry per check that does not hold: `aco_id`, `name`, `check`, `published`, `computed`, `difference`,
        `reason`.
    nameless : int
        Rows without an identifier; they are not settled, and count as not reproduced.
    repeated : int
        Rows whose contract stands above them; they are not settled, and count as not reproduced.
    """

    settlement: Settlement
    table: pd.DataFrame
    misses: list[dict[str, object]]
    nameless: int = 0
    repeated: int = 0

    def summarise(self) -> dict[str, object]:
        """Say how many contracts are reproduced.

        Returns
        -------
        dict
            `rows`; `benchmark_identity_share`, `rule_share` and `reproduced_share` (fractions of the rows);
            `identity_to_the_unit_share`, `identity_rounding` (published differences less those of the
            amounts, summed), `largest_earned_difference` (of those reproduced) and
            `largest_earned_relative_difference`; `savings_rows`, `loss_rows`, `capped_rows`; `sequestration_rate` of
            the policy and `sequestration_implied` by the payments, see `find_implied_sequestration`; `misses`.
        """
        table = self.table
        earned = table[table["earned_holds"] & (table["earned"] != 0)]
        gap = (earned["computed_earned"] - earned["earned"]).abs()
        lines = self.settlement.lines
        rows = len(table) + self.nameless + self.repeated
        return {
            "rows": rows,
            "rows_without_identifier": self.nameless,
            "rows_repeated": self.repeated,
            "benchmark_identity_share": int(table["benchmark_identity_holds"].sum()) / rows,
            "rule_share": int(table["minimum_rate_rule_holds"].sum()) / rows,
            "reproduced_share": int(table["earned_holds"].sum()) / rows,
            "identity_to_the_unit_share": float(
                (table["benchmark"] - table["expenditure"] == table["difference"]).mean()
            ),
            "identity_rounding": float((table["used_difference"] - table["own_difference"]).sum()),
            "largest_earned_difference": float(gap.max()) if len(gap) else 0.0,
            "largest_earned_relative_difference": float((gap / earned["earned"].abs()).max()) if len(gap) else 0.0,
            "savings_rows": int((table["computed_generated"] > 0).sum()),
            "loss_rows": int((table["computed_generated"] < 0).sum()),
            "capped_rows": int(lines.loc[lines["item"] == "cap", "team_id"].nunique()),
            "sequestration_rate": self._sequestration(),
            "sequestration_implied": find_implied_sequestration(table),
            "misses": self.misses,
        }

    def _sequestration(self) -> float | None:
        years = self.table["performance_year"].dropna()
        steps = self.settlement.policy.sequestration
        return float(find_sequestration(steps, years.iloc[0] if len(years) else None)) if steps else None


def compare_results(
    policy: SettlementPolicy,
    results: pd.DataFrame,
    nameless: Sequence[tuple[int, str]] = (),
    repeated: Sequence[tuple[int, str, str]] = (),
) -> Comparison:
    """Settle every published contract and hold the answers to the published ones.

    Parameters
    ----------
    policy : SettlementPolicy
        A policy with tracks; its minor unit is the unit in which the results are published.
    results : pandas.DataFrame of shape (n_contracts, n_columns)
        See `riskkit.data.mssp_results.PublishedResults.frame`.
    nameless : sequence of (int, str)
        Row of the file and name of each contract without an identifier.
    repeated : sequence of (int, str, str)
        Row of the file, identifier and name of each row whose contract stands above it.

    Returns
    -------
    Comparison
        Settlement, table and misses. A contract counts as reproduced if the earned amount differs by no more than .02%
        of the published one, or the printed rounding of its own share rate (.05 points at most) times what it saved,
        and one unit.

    Raises
    ------
    PolicyError
        If the policy has no tracks.
    """
    if not policy.tracks:
        message = (
            f"policy {policy.name}: it has no [tracks], expected the terms of published contracts by track. Settle "
            "published results under models/settlement/mssp.toml, or give the policy tracks."
        )
        raise PolicyError(message)
    columns = [*results.columns, *(name for name in OPTIONAL if name not in results.columns)]
    table = _identity(results.sort_values("aco_id", ignore_index=True).reindex(columns=columns))
    unit, rates = policy.per_currency_unit, _sharpen(policy, table)
    table["amounts_possible"] = ~((table["benchmark"] <= 0) | (table["expenditure"] <= 0))
    table["track_known"] = table["track"].isin(list(policy.tracks))
    settlement = settle(policy, _contracts(policy, table.assign(minimum_rate=rates)))
    totals = settlement.totals
    table["computed_generated"] = _generated(table, settlement)
    table["computed_earned"] = (totals["retained_minor"] - totals["borne_team_minor"]) / unit + np.where(
        totals["borne_team_minor"] > 0, table["disaster_adjustment"].abs().fillna(0.0), 0.0
    )
    table["minimum_rate_rule_holds"] = _rule_holds(table)
    table["earned_holds"] = (table["earned"].fillna(0.0) - table["computed_earned"]).abs() <= _slack(table)
    for check, rate in RATE_OF_CHECK.items():
        table[f"{check}_holds"] &= ~(table[rate].abs() > 1) & _is_known(table)
    misses = [*_list_misses(table), *map(_miss_name, nameless), *map(_miss_again, repeated)]
    return Comparison(settlement, table, misses, len(nameless), len(repeated))


def find_implied_sequestration(table: pd.DataFrame) -> float | None:
    """Find what the payments themselves say was taken off: 1 less earned over generated times the share rate.

    Parameters
    ----------
    table : pandas.DataFrame
        The comparison.

    Returns
    -------
    float or None
        Median over the contracts with savings and a share rate, to four places; None without any. Beside the policy's
        own it shows at once whether a year was paid by another rate.
    """
    paid = table[(table["earned"] > 0) & (table["computed_generated"] > 0) & (table["share_rate"] > 0)]
    if paid.empty:
        return None
    return round(float((1 - paid["earned"] / (paid["computed_generated"] * paid["share_rate"])).median()), 4)


def _identity(results: pd.DataFrame) -> pd.DataFrame:
    """Hold the published difference to benchmark less expenditure, and say which one is settled."""
    own = results["benchmark"] - results["expenditure"]
    holds = (own - results["difference"]).abs() < ROUNDED_IDENTITY
    used = results["difference"].where(holds, own)
    return results.assign(benchmark_identity_holds=holds, own_difference=own, used_difference=used)


def _contracts(policy: SettlementPolicy, table: pd.DataFrame) -> pd.DataFrame:
    """Bring the results to contracts; the published expenditure is the cost, so that the fund's total is its sum."""
    unit, quality = policy.per_currency_unit, _quality(table)
    known = _is_known(table)
    cost = table["expenditure"].where(table["expenditure"] > 0, 1.0)
    # a contract without possible amounts or track is settled as even; it is a miss with that reason
    actual = (cost * unit).round()
    prepaid = (table["benchmark"].where(known, cost) * unit).round()
    contracts = table[["track", *MEASURES]].assign(
        team_id=table["aco_id"], quality=quality, prepaid_minor=prepaid, actual_minor=actual
    )
    contracts.loc[~table["track_known"], "track"] = next(iter(policy.tracks))
    contracts["share_rate"] = table["share_rate"].fillna(_missing_share(policy, table) * quality)
    # a rate in another scale is a miss of its row, whatever the engine says of it
    fractions = ["minimum_rate", "share_rate", "loss_rate", "quality"]
    contracts[fractions] = contracts[fractions].astype("float64").clip(0.0, 1.0)
    return contracts.astype({"prepaid_minor": "int64", "actual_minor": "int64"})


def _is_known(table: pd.DataFrame) -> pd.Series:
    """Whether a contract has a track, and amounts that can be settled."""
    known: pd.Series = table["used_difference"].notna() & table["track_known"] & table["amounts_possible"]
    return known


def _missing_share(policy: SettlementPolicy, table: pd.DataFrame) -> pd.Series:
    """Find the share at full quality of contracts with a loss, for those whose own rate is not published."""
    shares = {
        track: terms.surplus.bands[-1].team_share.value for track, terms in policy.tracks.items() if terms.surplus
    }
    full: pd.Series = table["largest_share"].fillna(table["track"].map(shares).astype("float64"))
    return full.where(table["used_difference"] < 0)


def _slack(table: pd.DataFrame) -> pd.Series:
    """Say by how much each earned amount may differ: the rounding of its own share rate, within limits."""
    rounding = table["share_rate_half_unit"].clip(upper=COARSEST_HALF_UNIT) * table["computed_generated"].abs()
    slack: pd.Series = rounding.clip(lower=EARNED_TOLERANCE * table["earned"].abs().fillna(0.0)) + 1
    return slack


def _sharpen(policy: SettlementPolicy, table: pd.DataFrame) -> list[float]:
    """Take the policy's own rate by lives where the printed one is its rounding, so that a tie is decided exactly."""
    rates = []
    columns = ("track", "lives", "minimum_rate", "minimum_rate_half_unit")
    for track, lives, printed, half_unit in zip(*(table[name] for name in columns), strict=True):
        terms = policy.tracks.get(track)
        minimum = terms.surplus.minimum if terms and terms.surplus else None
        exactly = read_minimum(minimum, lives) if minimum and minimum.by_lives and not np.isnan(lives) else None
        near = exactly is not None and abs(float(exactly) - printed) <= half_unit * 1.0001
        rates.append(float(exactly) if near and exactly is not None else printed)
    return rates


def _quality(table: pd.DataFrame) -> pd.Series:
    """Take the score; reporting alone counts as full, and a standard that is not met as nothing."""
    score = table["quality"].fillna(1.0)
    return score.where(table["met_quality"] != 0, 0.0) if "met_quality" in table else score


def _generated(table: pd.DataFrame, settlement: Settlement) -> pd.Series:
    """Take the difference where the engine found the minimum reached, from the first unit; else nothing."""
    lines = settlement.lines
    reached = lines.loc[lines["item"] == "minimum_reached", "team_id"]
    return table["used_difference"].where(table["aco_id"].isin(reached), 0.0)


def _rule_holds(table: pd.DataFrame) -> pd.Series:
    """Hold the generated amount to the rule; in a year that prints none, whether there is a payment at all."""
    if table["generated"].isna().all():
        return (table["earned"].fillna(0.0) != 0) == (table["computed_earned"] != 0)
    return (table["generated"].fillna(0.0) - table["computed_generated"]).abs() < 0.5


def _list_misses(table: pd.DataFrame) -> list[dict[str, object]]:
    pairs = {
        "benchmark_identity": ("difference", "own_difference"),
        "minimum_rate_rule": ("generated", "computed_generated"),
        "earned": ("earned", "computed_earned"),
    }
    misses: list[dict[str, object]] = []
    for check, (published, computed) in pairs.items():
        for row in table[~table[f"{check}_holds"]].to_dict("records"):
            misses.append(
                {
                    "aco_id": row["aco_id"],
                    "name": row["name"],
                    "check": check,
                    "published": _plain(row[published]),
                    "computed": _plain(row[computed]),
                    "difference": _plain(row[computed] - row[published]),
                    "reason": say_reason(check, {str(name): value for name, value in row.items()}),
                }
            )
    return misses


def _miss_name(nameless: tuple[int, str]) -> dict[str, object]:
    row, name = nameless
    reason = f"row {row} of the file has no identifier and is not settled"
    figures = dict.fromkeys(("published", "computed", "difference"))
    return {"aco_id": "", "name": name, "check": "identifier", **figures, "reason": reason}


def _miss_again(repeated: tuple[int, str, str]) -> dict[str, object]:
    row, aco_id, name = repeated
    reason = f"row {row} of the file repeats an identifier that stands above it and is not settled"
    figures = dict.fromkeys(("published", "computed", "difference"))
    return {"aco_id": aco_id, "name": name, "check": "identifier", **figures, "reason": reason}


def _plain(number: float) -> float | None:
    return None if np.isnan(number) else float(number)
