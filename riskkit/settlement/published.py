"""Published results against the engine: the identity, the minimum-rate rule and the earned amount of each contract."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from riskkit.settlement.bands import read_minimum
from riskkit.settlement.statement import Settlement, settle

if TYPE_CHECKING:
    from collections.abc import Mapping

    from riskkit.settlement.policy import SettlementPolicy

# Three amounts, each rounded to the whole unit, miss their identity by less than one and a half.
ROUNDED_IDENTITY: Final = 1.5
# The published share rate has four places: .00005 of a share of .25 is .02% of what was earned.
EARNED_TOLERANCE: Final = 0.0002
COARSEST_HALF_UNIT: Final = 0.0005
RATE_OF_CHECK: Final = {"minimum_rate_rule": "minimum_rate", "earned": "share_rate"}
MEASURES: Final = ("minimum_rate", "share_rate", "loss_rate", "lives", "agreement_year")


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
    """

    settlement: Settlement
    table: pd.DataFrame
    misses: list[dict[str, object]]

    def summarise(self) -> dict[str, object]:
        """Say how many contracts are reproduced.

        Returns
        -------
        dict
            `rows`; `benchmark_identity_share`, `rule_share` and `reproduced_share` (fractions of the rows);
            `identity_to_the_unit_share`, `largest_earned_difference` (of those reproduced) and
            `largest_earned_relative_difference`; `savings_rows`, `loss_rows`, `capped_rows`; `misses`.
        """
        table = self.table
        earned = table[table["earned_holds"] & (table["earned"] != 0)]
        gap = (earned["computed_earned"] - earned["earned"]).abs()
        lines = self.settlement.lines
        return {
            "rows": len(table),
            "benchmark_identity_share": float(table["benchmark_identity_holds"].mean()),
            "rule_share": float(table["minimum_rate_rule_holds"].mean()),
            "reproduced_share": float(table["earned_holds"].mean()),
            "identity_to_the_unit_share": float(
                (table["benchmark"] - table["expenditure"] == table["difference"]).mean()
            ),
            "largest_earned_difference": float(gap.max()) if len(gap) else 0.0,
            "largest_earned_relative_difference": float((gap / earned["earned"].abs()).max()) if len(gap) else 0.0,
            "savings_rows": int((table["computed_generated"] > 0).sum()),
            "loss_rows": int((table["computed_generated"] < 0).sum()),
            "capped_rows": int(lines.loc[lines["item"] == "cap", "team_id"].nunique()),
            "misses": self.misses,
        }


def compare_results(policy: SettlementPolicy, results: pd.DataFrame) -> Comparison:
    """Settle every published contract and hold the answers to the published ones.

    Parameters
    ----------
    policy : SettlementPolicy
        A policy with tracks; its minor unit is the unit in which the results are published.
    results : pandas.DataFrame of shape (n_contracts, n_columns)
        See `riskkit.data.mssp_results.PublishedResults.frame`.

    Returns
    -------
    Comparison
        Settlement, table and misses. A contract counts as reproduced if the earned amount differs by no more than .02%
        of the published one, or the printed rounding of its own share rate (.05 points at most) times what it saved,
        and one unit.
    """
    table = _identity(results.sort_values("aco_id", ignore_index=True))
    unit = policy.per_currency_unit
    rates = _sharpen(policy, table)
    settlement = settle(policy, _contracts(table.assign(minimum_rate=rates), unit))
    totals = settlement.totals
    table["computed_generated"] = _generated(table, settlement)
    table["computed_earned"] = (totals["retained_minor"] - totals["borne_team_minor"]) / unit + np.where(
        totals["borne_team_minor"] > 0, table["disaster_adjustment"].abs().fillna(0.0), 0.0
    )
    table["minimum_rate_rule_holds"] = _rule_holds(table)
    table["earned_holds"] = (table["earned"].fillna(0.0) - table["computed_earned"]).abs() <= _slack(table)
    for check, rate in RATE_OF_CHECK.items():
        table[f"{check}_holds"] &= ~(table[rate].abs() > 1)
    for check in ("minimum_rate_rule", "earned"):
        table[f"{check}_holds"] &= table["used_difference"].notna()
    return Comparison(settlement, table, _list_misses(table))


def _identity(results: pd.DataFrame) -> pd.DataFrame:
    """Hold the published difference to benchmark less expenditure, and say which one is settled."""
    own = results["benchmark"] - results["expenditure"]
    holds = (own - results["difference"]).abs() < ROUNDED_IDENTITY
    used = results["difference"].where(holds, own)
    return results.assign(benchmark_identity_holds=holds, own_difference=own, used_difference=used)


def _contracts(table: pd.DataFrame, unit: int) -> pd.DataFrame:
    """Bring the results to contracts; the printed difference is settled, so that its rounding is not made twice."""
    prepaid = (table["benchmark"] * unit).round()
    actual = prepaid - (table["used_difference"] * unit).round()
    known = table["used_difference"].notna()
    contracts = table[["track", *MEASURES]].assign(
        team_id=table["aco_id"], quality=_quality(table), prepaid_minor=prepaid, actual_minor=actual
    )
    # a contract without amounts is settled as even; it is a miss with that reason
    contracts.loc[~known, ["prepaid_minor", "actual_minor"]] = 1
    return contracts.astype({"prepaid_minor": "int64", "actual_minor": "int64"})


def _slack(table: pd.DataFrame) -> pd.Series:
    """Say by how much each earned amount may differ: the rounding of its own share rate, within limits."""
    half = table["share_rate_half_unit"].clip(upper=COARSEST_HALF_UNIT)
    return (
        np.maximum(EARNED_TOLERANCE * table["earned"].abs().fillna(0.0), half * table["computed_generated"].abs()) + 1
    )


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
                    "reason": _reason(check, {str(name): value for name, value in row.items()}),
                }
            )
    return misses


def _reason(check: str, row: Mapping[str, object]) -> str:
    names = (
        *MEASURES,
        "minimum_rate_half_unit",
        "benchmark",
        "used_difference",
        "difference",
        "generated",
        "earned",
        "computed_earned",
    )
    figure = {name: float(str(row[name])) for name in names}
    if np.isnan(figure["used_difference"]):
        return "benchmark or expenditure is not published"
    if check in RATE_OF_CHECK and abs(figure[RATE_OF_CHECK[check]]) > 1:
        name = RATE_OF_CHECK[check]
        return f"its {name} is {figure[name]:g}, above 1, where the column holds fractions"
    if check == "benchmark_identity":
        missing = np.isnan(figure["difference"])
        return (
            "the difference is not published"
            if missing
            else "the published difference is not benchmark less expenditure"
        )
    if check == "minimum_rate_rule":
        rate = abs(figure["used_difference"]) / figure["benchmark"]
        if abs(rate - figure["minimum_rate"]) <= figure["minimum_rate_half_unit"]:
            return (
                f"the rate {rate:.6f} is within the printed rounding of the minimum rate {figure['minimum_rate']:.6f}"
            )
        return f"the rate {rate:.6f} against the minimum rate {figure['minimum_rate']:.6f} says otherwise"
    return _reason_of_earned(figure, bool(row["minimum_rate_rule_holds"]))


def _reason_of_earned(figure: Mapping[str, float], rule_holds: bool) -> str:
    if not rule_holds:
        return "the minimum-rate rule does not hold for this contract, so neither does its earned amount"
    if np.isnan(figure["earned"]):
        return "the earned amount is not published"
    if figure["earned"] == 0:
        return "nothing was paid although a share rate above 0 is published"
    if figure["generated"] == 0:
        return "an amount is published although the minimum rate was not reached"
    if figure["computed_earned"] < figure["earned"] < 0:
        return "less is owed than the rules give; a limit on revenue, which is not published, may hold"
    share = figure["earned"] / figure["generated"]
    of_benchmark = abs(figure["earned"]) / figure["benchmark"]
    return (
        f"the published amount is {share:.6f} of what was generated (share rate {figure['share_rate']:.6f}) and "
        f"{of_benchmark:.6f} of the benchmark; no rule of the policy gives it"
    )


def _plain(number: float) -> float | None:
    return None if np.isnan(number) else float(number)
