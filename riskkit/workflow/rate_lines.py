"""Rate lines: a member's whole rate as base, clinical groups, factors, adjustments and rounding, which sum to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskkit.errors import AcceptanceError
from riskkit.explain.contributions import compute_group_contributions, split_frame
from riskkit.explain.rescaling import split_factors
from riskkit.explain.wording import get_group_words
from riskkit.rates.ledger import FLAT_ITEM, STEP_ITEMS, name_steps

if TYPE_CHECKING:
    from riskkit.rates.frozen import FrozenRates

FloatArray = npt.NDArray[np.float64]
Kind = Literal["base", "group", "factor", "adjustment", "rounding"]

KEYS = ["person_id", "index_date"]
TOLERANCE = 0.01
FACTOR_STEPS = frozenset({3, 4, 6, 7, 8})
"""Steps that multiply; every other one between score and rounding shifts or clips, and keeps its own amount."""
BASE_WORDS = ("mean cost that the model starts from", "模型起始平均费用")
TABLE_WORDS = ("own table of age and sex, for a member without a history", "新参保人按年龄性别取值")
SCORE_WORDS = ("coding factor and decimals of the score", "编码系数与分值取整")
ROUNDING_WORDS = ("rounding", "取整")
ITEM_WORDS_ZH = {
    FLAT_ITEM: "人人相同的系数",
    STEP_ITEMS[3]: "分层相对系数",
    STEP_ITEMS[4]: "团队信度系数",
    STEP_ITEMS[5]: "高费用共担扣减",
    STEP_ITEMS[6]: "基准费率与趋势",
    STEP_ITEMS[7]: "地区系数",
    STEP_ITEMS[8]: "上浮系数",
    STEP_ITEMS[9]: "下限与上限",
    STEP_ITEMS[10]: "预算系数",
    STEP_ITEMS[11]: "团队增减幅限制",
    STEP_ITEMS[12]: "预留",
}


@dataclass(frozen=True)
class Line:
    """What one line of the explanation is.

    Parameters
    ----------
    kind : {"base", "group", "factor", "adjustment", "rounding"}
        The sort of line.
    item, item_zh : str
        Its words.
    """

    kind: Kind
    item: str
    item_zh: str


@dataclass(frozen=True)
class RateLines:
    """The lines of every member.

    Parameters
    ----------
    keys : pandas.DataFrame of shape (n_members, 2)
        `person_id`, `index_date`.
    lines : tuple of Line
        What the columns are.
    minor : numpy.ndarray of shape (n_members, n_lines)
        Amounts in integer minor units of the currency.
    scale : int
        Minor units in one unit of the currency.
    """

    keys: pd.DataFrame
    lines: tuple[Line, ...]
    minor: npt.NDArray[np.int64]
    scale: int

    def to_frame(self) -> pd.DataFrame:
        """Write one row per member and line.

        Returns
        -------
        pandas.DataFrame of shape (n_members * n_lines, 6)
            `person_id`, `index_date`, `kind`, `item`, `item_zh`, `amount` (currency per member year).
        """
        frame = self.keys.take(np.repeat(np.arange(len(self.keys)), len(self.lines))).reset_index(drop=True)
        for column in ("kind", "item", "item_zh"):
            frame[column] = np.tile([str(getattr(line, column)) for line in self.lines], len(self.keys))
        return frame.assign(amount=self.minor.ravel() / self.scale)

    def to_records(self) -> list[list[dict[str, Any]]]:
        """List each member's lines; those of 0 are left out, but for base and rounding.

        Returns
        -------
        list of n_members lists of dict
            Each with `kind`, `item`, `item_zh`, `amount`.
        """
        said = [vars(line) for line in self.lines]
        always = [line.kind in {"base", "rounding"} for line in self.lines]
        return [
            [
                {**words, "amount": amount / self.scale}
                for words, keep, amount in zip(said, always, row, strict=True)
                if keep or amount
            ]
            for row in self.minor.tolist()
        ]


def explain_rate(
    frozen: FrozenRates,
    contributions: pd.DataFrame,
    rates: pd.DataFrame,
    ledger: pd.DataFrame,
    catalogue: pd.DataFrame,
) -> RateLines:
    """Join the explanation of the expected cost and the ledger of the rate.

    Base value and contributions, by clinical group, sum to the expected cost. Multiplicative steps that follow one
    another (tier, base and trend, region, uplifts) are shared out by the logarithmic mean, so that their order does not
    matter; steps that clip or shift (pooling charge, floor and cap, budget) keep their ledger amounts. Lines are whole
    minor units, and what that leaves is the line of rounding.

    Parameters
    ----------
    frozen : FrozenRates
        The rates.
    contributions : pandas.DataFrame of shape (n_members, 3 + n_features)
        Contributions to the expected cost, in currency per member year.
    rates, ledger : pandas.DataFrame
        From `compute_rates`, for the same members.
    catalogue : pandas.DataFrame
        `name` and `group` of the features.

    Returns
    -------
    RateLines
        Members in the order of `contributions`; each one's lines sum to the rate exactly.

    Raises
    ------
    AcceptanceError
        If for any member the parts before rounding miss the expected cost or the rate by more than 0.01.

    References
    ----------
    .. [1] METHODS 9: base + features + factors + adjustments = rate.
    """
    place = _find_places(contributions, rates)
    cost, rate = (rates[name].to_numpy(np.float64)[place] for name in ("expected_cost", "rate_amount"))
    groups, base, amounts = split_frame(compute_group_contributions(contributions, catalogue))
    _require_sum(contributions, "expected cost", base + amounts.sum(axis=1), cost)
    totals = _list_totals(ledger, len(rates), place)
    parts: list[tuple[Line, FloatArray]] = [(Line("base", *BASE_WORDS), base)]
    parts += [(Line("group", *get_group_words(name)), amounts[:, at]) for at, name in enumerate(groups)]
    parts += _list_score(frozen, cost, rates, totals[2], place)
    parts += _list_steps(totals, name_steps(frozen.policy.relative_risk.method))
    exact = np.column_stack([amount for _, amount in parts])
    last = totals[13] - totals[max(step for step in totals if step != 13)]
    _require_sum(contributions, "rate", exact.sum(axis=1) + last, rate)
    scale = frozen.policy.rounding.per_currency_unit
    minor = np.rint(exact * scale).astype(np.int64)
    left = np.rint(rate * scale).astype(np.int64) - minor.sum(axis=1)
    lines = (*(line for line, _ in parts), Line("rounding", *ROUNDING_WORDS))
    return RateLines(contributions[KEYS].reset_index(drop=True), lines, np.column_stack([minor, left]), scale)


def _find_places(contributions: pd.DataFrame, rates: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Find each explained member among the rated, which are sorted by key."""
    order = rates[KEYS].assign(place=np.arange(len(rates)))
    joined = contributions[KEYS].merge(order, on=KEYS, how="left", validate="one_to_one")
    if len(contributions) != len(rates) or joined["place"].isna().any():
        message = f"rates: {len(rates)} members, explained {len(contributions)}, not the same. Rate who is explained."
        raise AcceptanceError(message)
    return joined["place"].to_numpy(np.int64)


def _list_totals(ledger: pd.DataFrame, n_members: int, place: npt.NDArray[np.int64]) -> dict[int, FloatArray]:
    """List the amount after each step, members in the order of the explanation."""
    n_steps = len(ledger) // max(n_members, 1)
    running = ledger["amount"].to_numpy(np.float64).reshape(n_members, n_steps).cumsum(axis=1)[place]
    return {int(step): running[:, at] for at, step in enumerate(ledger["step"].iloc[:n_steps])}


def _list_score(
    frozen: FrozenRates, cost: FloatArray, rates: pd.DataFrame, scored: FloatArray, place: npt.NDArray[np.int64]
) -> list[tuple[Line, FloatArray]]:
    """List what lies between the expected cost and the score: the table of new enrollees, then coding and decimals."""
    if "demographic_score" not in rates:
        return [(Line("adjustment", *SCORE_WORDS), scored - cost)]
    own = rates["demographic_score"].to_numpy(np.float64)[place] * frozen.normalization_factor
    stated = np.where(np.isnan(own), cost, own)
    return [
        (Line("adjustment", *TABLE_WORDS), stated - cost),
        (Line("adjustment", *SCORE_WORDS), scored - stated),
    ]


def _list_steps(totals: dict[int, FloatArray], items: dict[int, str]) -> list[tuple[Line, FloatArray]]:
    """List every step between score and rounding; a run of factors is shared out together, a shift ends the run."""
    parts: list[tuple[Line, FloatArray]] = []
    run: list[int] = []
    before = totals[2]
    for step in [step for step in totals if step not in {1, 2, 13}]:
        if step in FACTOR_STEPS:
            run.append(step)
            continue
        parts += _split_run(totals, run, before, items)
        last = totals[run[-1]] if run else before
        parts.append((_name(step, "adjustment", items), totals[step] - last))
        run, before = [], totals[step]
    return [*parts, *_split_run(totals, run, before, items)]


def _split_run(
    totals: dict[int, FloatArray], run: list[int], before: FloatArray, items: dict[int, str]
) -> list[tuple[Line, FloatArray]]:
    """Split factors that follow one another by the logarithmic mean; from nothing, by their own amounts."""
    after = np.column_stack([before, *(totals[step] for step in run)])
    amounts = np.diff(after, axis=1)
    whole = (after > 0).all(axis=1)
    if run:
        amounts[whole] = split_factors(after[whole, 0], after[whole, 1:] / after[whole, :-1])
    return [(_name(step, "factor", items), amounts[:, at]) for at, step in enumerate(run)]


def _name(step: int, kind: Kind, items: dict[int, str]) -> Line:
    return Line(kind, items[step], ITEM_WORDS_ZH[items[step]])


def _require_sum(members: pd.DataFrame, what: str, found: FloatArray, expected: FloatArray) -> None:
    apart = np.abs(found - expected)
    if not (apart <= TOLERANCE).all():
        worst = int(np.argmax(np.where(np.isnan(apart), np.inf, apart)))
        message = (
            f"explanation of the rate: person_id={members['person_id'].iloc[worst]!r}: the lines sum to "
            f"{found[worst]:.4f}, the {what} is {expected[worst]:.4f}; expected a difference up to {TOLERANCE:g}. "
            "Do not publish these rates."
        )
        raise AcceptanceError(message)
