"""Order: the proof that a model never expects less of the sicker of two members, from the trees to the last factor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from riskkit.errors import AcceptanceError
from riskkit.risk.balance import AGE, SEX
from riskkit.risk.calibrator import increases
from riskkit.risk.hazard_model import HorizonModel
from riskkit.risk.monotone import check_monotone

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from riskkit.risk.balance import Balance
    from riskkit.risk.model import OutcomeModel

COLUMNS: Final = ["step", "claim", "verdict", "found"]
HOLDS: Final = "holds"
FAILS: Final = "fails"
NOT_CLAIMED: Final = "not claimed"
Row = tuple[str, str, str, str]


def check_model_order(model: OutcomeModel | HorizonModel, directions: Mapping[str, int]) -> pd.DataFrame:
    """Check every link of the chain from a feature to the prediction, on the stored figures and not on a sample.

    Two members who are alike but for constrained features, all of them no better in the second, are compared. The
    margin does not fall, as no split steps the wrong way; the link rises; the map rises; and the factor of both is the
    same positive number while they stand in one cell of age and sex, so that the product keeps the order, rounding
    included. They change the cell by a birthday alone, for which the factors of a sex may not fall from band to band.

    Parameters
    ----------
    model : OutcomeModel or HorizonModel
        A fitted outcome.
    directions : mapping of str to int
        -1, 0 or 1 by feature, from the catalogue.

    Returns
    -------
    pandas.DataFrame of shape (n_steps, 4)
        `step`, `claim`, `verdict` (``holds``, ``fails``, ``not claimed``) and `found`.

    Notes
    -----
    Order is up to the last digits of a float, which the minor unit of a rate swallows. Missing values have no place in
    it. Features that follow from age beside it, such as an eGFR, are held. Of
    the two sexes neither is claimed to be the dearer one.
    """
    return pd.DataFrame(list(_check(model, directions)), columns=COLUMNS)


def _check(model: OutcomeModel | HorizonModel, directions: Mapping[str, int]) -> Iterator[Row]:
    if isinstance(model, HorizonModel):
        # A death that is likelier leaves fewer to have the event, so that rising hazards prove no rising risk.
        yield "trees", "no split steps the wrong way", NOT_CLAIMED, "a hazard: death competes with the event"
        return
    yield _check_trees(model, directions)
    yield "link", "what the trees add up to rises with the prediction", HOLDS, f"{model.link} link"
    verdict = HOLDS if increases(model.calibrator) else FAILS
    yield "map", "slope, knots and powers make the map rise", verdict, model.calibrator.method
    if model.balance is not None:
        yield _check_cells(model.balance)
        yield from _check_neighbours(model.balance, directions)


def _check_trees(model: OutcomeModel, directions: Mapping[str, int]) -> Row:
    claim = "no split on a constrained feature steps the wrong way"
    if not model.spec.model.monotone:
        return "trees", claim, NOT_CLAIMED, f"outcome {model.spec.name!r} is not held to the directions"
    signs = {name: directions.get(name, 0) for name in model.feature_names}
    try:
        for booster in model.boosters:
            check_monotone(booster, signs)
    except AcceptanceError as exc:
        return "trees", claim, FAILS, str(exc)
    trees = sum(booster.num_trees() for booster in model.boosters)
    return "trees", claim, HOLDS, f"{trees} trees, {sum(map(bool, signs.values()))} constrained features"


def _check_cells(balance: Balance) -> Row:
    """Check each cell's factor: the same positive number for everybody in it."""
    claim = "within each cell of age and sex one positive factor multiplies everybody"
    factors = np.asarray(balance.factors)
    wrong = np.argwhere(~(np.isfinite(factors) & (factors > 0)))
    if len(wrong):
        sex, band = wrong[0]
        return "cells", claim, FAILS, f"{_name(balance, sex, band)}: a factor of {factors[sex, band]:g}"
    found = f"{factors.size} cells, {factors.min():.3f} to {factors.max():.3f}"
    return "cells", claim, HOLDS, found


def _check_neighbours(balance: Balance, directions: Mapping[str, int]) -> Iterator[Row]:
    """Check the steps between cells, along each axis that has a direction."""
    factors = np.asarray(balance.factors)
    for feature, axis, between in ((AGE, 1, "from one age band to the next"), (SEX, 0, "from men to women")):
        sign = directions.get(feature, 0)
        claim = f"all else held, the factor does not {'rise' if sign < 0 else 'fall'} {between}"
        one, other = (factors[:, :-1], factors[:, 1:]) if axis == 1 else (factors[:-1], factors[1:])
        wrong = np.argwhere(other > one if sign < 0 else other < one)
        if not sign:
            if feature == AGE:
                yield "age", claim, NOT_CLAIMED, "the catalogue gives age no direction"
        elif len(wrong):
            sex, band = wrong[0]
            after = (sex, band + 1) if axis == 1 else (sex + 1, band)
            found = f"{_name(balance, *after)}: {factors[after]:.4f} after {factors[sex, band]:.4f}"
            yield ("age" if axis == 1 else "sex"), claim, FAILS, found
        else:
            yield ("age" if axis == 1 else "sex"), claim, HOLDS, f"{one.size} steps"


def _name(balance: Balance, sex: int, band: int) -> str:
    first = "youngest" if band == 0 else f"from {balance.band_starts[band - 1]:g}"
    return f"{('men', 'women')[sex]} {first}"
