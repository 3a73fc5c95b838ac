"""Judge: every kept model held against a later year, and updated as far as a closed test asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from riskkit.risk.hazard_model import HazardModel, list_stored
from riskkit.workflow.drift import check_drift
from riskkit.workflow.hazard_drift import check_hazard_drift
from riskkit.workflow.windows import find_open_windows

if TYPE_CHECKING:
    import pandas as pd

    from riskkit.data.io import Tables
    from riskkit.risk.hazard_model import HorizonModel
    from riskkit.risk.model import OutcomeModel
    from riskkit.workflow.members import Members
    from riskkit.workflow.scheme_file import DriftBands, RunBlock

    Models = dict[str, OutcomeModel | HorizonModel]


@dataclass(frozen=True)
class JudgedModels:
    """What a later year said of every model.

    Parameters
    ----------
    models : dict of str to OutcomeModel or HorizonModel
        The models to go on with, by prediction column.
    reports : dict of str to dict
        By prediction column, as `check_drift` reports.
    not_judged : dict of str to str
        Why the others are not judged.
    """

    models: Models
    reports: dict[str, dict[str, Any]]
    not_judged: dict[str, str]


def judge_models(
    models: Models,
    later: Members,
    tables: Tables,
    *,
    block: DriftBands,
    run: RunBlock,
    code_lists: pd.DataFrame | None = None,
) -> JudgedModels:
    """Judge every model on a later year, and update its map as far as a closed test asks for.

    Parameters
    ----------
    models : dict of str to OutcomeModel or HorizonModel
        The kept models, by prediction column.
    later : Members
        Members at the later index date.
    tables : Tables
        Canonical tables, as far as they reach.
    block : DriftBands
        Limits.
    run : RunBlock
        Seed and bootstrap.
    code_lists : pandas.DataFrame, optional
        Every code list.

    Returns
    -------
    JudgedModels
        Models, reports, and why some are not judged: the data do not reach over their window.
    """
    renewed = dict(models)
    reports: dict[str, dict[str, Any]] = {}
    not_judged: dict[str, str] = {}
    for name, model in list_stored(models).items():
        if isinstance(model, HazardModel):
            hazard = check_hazard_drift(model, later, tables, block=block, run=run, code_lists=code_lists)
            reports |= hazard.reports
            not_judged |= hazard.not_judged
            renewed |= hazard.model.columns
        elif why := find_open_windows(later.cohort, tables.paths, model.spec):
            not_judged[name] = next(iter(why.values()))
        else:
            finding = check_drift(model, later, tables, block=block, run=run, code_lists=code_lists)
            reports[name], renewed[name] = finding.report, finding.model
    return JudgedModels(renewed, reports, not_judged)
