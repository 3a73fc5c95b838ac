"""The yearly update of a hazard: its trees stay, and the map of each closed step changes as little as a year asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from riskkit.risk.line import fit_line, solve_shift
from riskkit.risk.links import to_margin
from riskkit.risk.recalibration import fit_calibrator
from riskkit.risk.updating import Choice, Update, choose_update

if TYPE_CHECKING:
    import numpy.typing as npt

    from riskkit.risk.calibrator import Calibrator
    from riskkit.risk.hazard_frame import TimeFrame
    from riskkit.risk.hazard_model import HazardModel

    FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Step:
    """Members of a later year who were still without the event at the horizon before, with their weights."""

    raw: FloatArray
    observed: FloatArray
    weight: FloatArray
    persons: pd.Series[str]


def find_hazard_update(model: HazardModel, later: TimeFrame, place: int) -> Update | None:
    """Find the smallest update of one step's map that a later year does not reject.

    Parameters
    ----------
    model : HazardModel
        The model in use.
    later : TimeFrame
        Members of a later year, some of them followed to the horizon.
    place : int
        Place of the horizon that ends the step.

    Returns
    -------
    Update or None
        Choice, steps of the closed test, and its power. Of a later horizon it speaks of the time since the one before,
        among those still without the event. None where all of them have the event by then, or none: there is no map
        that says so.
    """
    step = _take_step(model, later, place)
    if step.observed.size == 0 or step.observed.min() == step.observed.max():
        return None
    return choose_update(
        model.calibrators[place].apply(step.raw),
        step.observed,
        step.weight,
        pd.factorize(step.persons)[0],
        kind="binary",
        significance=model.spec.calibration.significance,
    )


def update_hazard(model: HazardModel, later: TimeFrame, choices: Mapping[int, Choice]) -> HazardModel:
    """Update the maps of some steps on a later year.

    Parameters
    ----------
    model : HazardModel
        The model in use.
    later : TimeFrame
        Members of a later year.
    choices : mapping of int to {'keep', 'intercept', 'slope', 'refit'}
        The update of each step, by the place of its horizon; a step that is not named keeps its map.

    Returns
    -------
    HazardModel
        The same trees. Steps are put together as before, so that no later horizon has the lower risk. The trees of
        death are not updated: a later year in which more members die lowers the risks of the event only by what the
        maps learn of it.
    """
    calibrators, changed = list(model.calibrators), set()
    for place, choice in choices.items():
        if choice != "keep":
            calibrators[place] = _update_step(model, _take_step(model, later, place), place, choice)
            changed.add(model.spec.columns[place])
    missing = model.metadata.get("not_calibrated", [])
    facts = {"not_calibrated": [name for name in missing if name not in changed]} if changed & set(missing) else {}
    return replace(model, calibrators=tuple(calibrators), metadata={**model.metadata, **facts})


def _take_step(model: HazardModel, later: TimeFrame, place: int) -> _Step:
    """Lay out the members of one step, sorted by their key."""
    rows = later.sort()
    days = model.spec.horizons_days
    binary = rows.at(place, days[place])
    kept = binary.weight > 0
    if place:
        kept &= ~rows.has_event(days[place - 1])
    raw = model.predict_steps(rows.features)[:, place]
    return _Step(raw[kept], binary.observed[kept], binary.weight[kept], binary.groups[kept].reset_index(drop=True))


def _update_step(model: HazardModel, step: _Step, place: int, choice: Choice) -> Calibrator:
    """Shift, stretch or fit again the map of one step."""
    settings, used = model.spec.calibration, model.calibrators[place]
    if choice == "refit":
        return fit_calibrator(
            step.raw,
            step.observed,
            step.weight,
            kind="binary",
            methods=settings.list_candidates("binary"),
            groups=step.persons,
            events_for_isotonic=settings.events_for_isotonic,
        )
    given = to_margin(used.apply(step.raw), "binary"), step.observed, step.weight
    return used.then(
        *((solve_shift(*given, kind="binary"), 1.0) if choice == "intercept" else fit_line(*given, kind="binary"))
    )
