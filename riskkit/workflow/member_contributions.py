"""Contributions of members to every outcome of a bundle, each on the scale of its own prediction."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from riskkit.explain.boosters import explain_matrix
from riskkit.explain.contributions import compute_contributions, make_frame
from riskkit.explain.factors import multiply_contributions
from riskkit.explain.rescaling import rescale_to_probability
from riskkit.explain.two_part import combine_parts
from riskkit.explain.wording import make_cost_quantity, make_risk_quantity
from riskkit.risk.hazard_model import HazardModel, HorizonModel, list_stored
from riskkit.risk.hazard_split import attribute_risk, attribute_risks

if TYPE_CHECKING:
    import pandas as pd

    from riskkit.explain.wording import Quantity
    from riskkit.risk.model import OutcomeModel
    from riskkit.workflow.bundle import Bundle

KEYS = ["person_id", "index_date"]


def explain_members(
    bundle: Bundle, frame: pd.DataFrame, outcomes: Collection[str]
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Explain some outcomes one after another, so that only one is held at a time; horizons of a hazard together.

    Parameters
    ----------
    bundle : Bundle
        The bundle.
    frame : pandas.DataFrame
        Keys and features.
    outcomes : collection of str
        Prediction columns to explain.

    Yields
    ------
    str
        The prediction column, in the order of the bundle.
    pandas.DataFrame
        Its contributions, as from `compute_member_contributions`.
    """
    for name, model in list_stored({name: bundle.models[name] for name in bundle.models if name in outcomes}).items():
        if isinstance(model, HazardModel):
            columns = [column for column in model.spec.columns if column in outcomes]
            yield from _explain_horizons(model, frame, columns)
        else:
            yield name, compute_member_contributions(model, frame)


def compute_member_contributions(model: OutcomeModel | HorizonModel, frame: pd.DataFrame) -> pd.DataFrame:
    """Explain one outcome on the scale of its prediction.

    Parameters
    ----------
    model : OutcomeModel or HorizonModel
        A model of an outcome, or one horizon of a hazard.
    frame : pandas.DataFrame
        Keys and features.

    Returns
    -------
    pandas.DataFrame
        Contributions that sum with `base_value` to the calibrated prediction.
    """
    if isinstance(model, HorizonModel):
        base, values = attribute_risk(model.stored, frame, model.place, explain=explain_matrix)
        return make_frame(frame[KEYS], base, values, list(model.feature_names))
    margins = [compute_contributions(booster, frame) for booster in model.boosters]
    margin = margins[0] if len(margins) == 1 else combine_parts(*margins)
    calibrated = rescale_to_probability(margin, model.calibrate)
    if model.balance is None:
        return calibrated
    return multiply_contributions(calibrated, model.balance.split_factor(frame), level=model.balance.level)


def quantity_of(bundle: Bundle, model: OutcomeModel | HorizonModel) -> Quantity:
    """Say what a model's contributions are amounts of.

    Parameters
    ----------
    bundle : Bundle
        The bundle, for its currency.
    model : OutcomeModel or HorizonModel
        The model.

    Returns
    -------
    Quantity
        Cost in the bundle's currency, or risk in percentage points.
    """
    if model.spec.kind == "cost":
        return make_cost_quantity(bundle.currency)
    return make_risk_quantity(model.spec.title, model.spec.title_zh, bundle.currency)


def _explain_horizons(
    model: HazardModel, frame: pd.DataFrame, columns: list[str]
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Explain the horizons that are asked for, in the time of the last."""
    found = attribute_risks(model, frame, [model.columns[name].place for name in columns], explain=explain_matrix)
    for name, (base, values) in zip(columns, found, strict=True):
        yield name, make_frame(frame[KEYS], base, values, list(model.feature_names))
