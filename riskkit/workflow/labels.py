"""Labels by name: what an outcome's file calls its label, and the function of the cohort that makes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from riskkit.cohort.events import label_death, label_high_cost, label_time_to_event
from riskkit.cohort.evidence import require_groups
from riskkit.cohort.outcomes import label_admission, label_control, label_cost
from riskkit.cohort.readmission import label_readmission
from riskkit.data.codes import LIST_COLUMNS
from riskkit.errors import PolicyError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from riskkit.cohort.events import FollowUpEnd
    from riskkit.risk.spec import OutcomeSpec
    from riskkit.workflow.scheme_file import SplitBlock


@dataclass(frozen=True)
class LabelTask:
    """All that a label may need.

    Parameters
    ----------
    cohort : pandas.DataFrame
        Cohort frame.
    tables : mapping of str to pathlib.Path
        Canonical tables that reach over the outcome window.
    spec : OutcomeSpec
        The outcome.
    code_lists : pandas.DataFrame, optional
        Every code list; needed where the outcome names groups of them.
    follow_up_end : pandas.Series or pandas.Timestamp, optional
        First day that the label may not look at.
    """

    cohort: pd.DataFrame
    tables: Mapping[str, Path]
    spec: OutcomeSpec
    code_lists: pd.DataFrame | None = None
    follow_up_end: FollowUpEnd = None

    @property
    def lists(self) -> pd.DataFrame:
        """Every code list; none of them where none is given, so that a group that is named is not found."""
        return pd.DataFrame(columns=LIST_COLUMNS, dtype="str") if self.code_lists is None else self.code_lists

    @property
    def gap_days(self) -> int:
        """Days without enrolment that are forgiven."""
        return self.spec.label_options.allowed_gap_days or 0


def _admission(task: LabelTask) -> pd.DataFrame:
    return label_admission(
        task.cohort, task.tables, horizon_days=task.spec.horizon_days, follow_up_end=task.follow_up_end
    )


def _readmission(task: LabelTask) -> pd.DataFrame:
    if "claim_id" not in task.cohort:
        message = f"outcome {task.spec.name!r}: readmission needs a discharge cohort. Set kind = 'discharge'."
        raise PolicyError(message)
    return label_readmission(
        task.cohort,
        task.tables,
        horizon_days=task.spec.horizon_days,
        planned=task.spec.label_options.planned,
        code_lists=task.lists,
        follow_up_end=task.follow_up_end,
    )


def _cost(task: LabelTask) -> pd.DataFrame:
    cap = task.spec.label_options.cap
    return label_cost(
        task.cohort,
        task.tables,
        horizon_days=task.spec.horizon_days,
        amount=str(task.spec.label_options.amount),
        cap_amount=None if cap is None else cap.value,
        settings=task.spec.label_options.settings,
        follow_up_end=task.follow_up_end,
    )


def _event(task: LabelTask) -> pd.DataFrame:
    rules = task.spec.label_options.events
    if rules is None:
        raise PolicyError(_say_lacking(task.spec, "events"))
    return label_time_to_event(
        task.cohort,
        task.tables,
        horizon_days=task.spec.horizon_days,
        rules=rules,
        code_lists=task.lists,
        allowed_gap_days=task.gap_days,
        follow_up_end=task.follow_up_end,
    )


def _death(task: LabelTask) -> pd.DataFrame:
    return label_death(
        task.cohort,
        task.tables,
        horizon_days=task.spec.horizon_days,
        allowed_gap_days=task.gap_days,
        follow_up_end=task.follow_up_end,
    )


def _high_cost(task: LabelTask) -> pd.DataFrame:
    threshold = task.spec.label_options.threshold
    if threshold is None:
        raise PolicyError(_say_lacking(task.spec, "threshold"))
    return label_high_cost(
        task.cohort,
        task.tables,
        horizon_days=task.spec.horizon_days,
        amount=str(task.spec.label_options.amount),
        threshold_amount=threshold.value,
        settings=task.spec.label_options.settings,
        allowed_gap_days=task.gap_days,
        follow_up_end=task.follow_up_end,
    )


def _control(task: LabelTask) -> pd.DataFrame:
    return label_control(
        task.cohort,
        task.tables,
        horizon_days=task.spec.horizon_days,
        targets=task.spec.label_options.targets,
        allowed_gap_days=task.gap_days,
        follow_up_end=task.follow_up_end,
    )


LABELS: dict[str, Callable[[LabelTask], pd.DataFrame]] = {
    "admission": _admission,
    "readmission": _readmission,
    "cost": _cost,
    "event": _event,
    "death": _death,
    "high_cost": _high_cost,
    "control": _control,
}
"""The function behind each label that an outcome's file may name."""


def require_codes(spec: OutcomeSpec, code_lists: pd.DataFrame) -> None:
    """Refuse an outcome that names a group of codes that no code list has, before a source is read.

    Parameters
    ----------
    spec : OutcomeSpec
        The outcome.
    code_lists : pandas.DataFrame
        Every code list.

    Raises
    ------
    PolicyError
        If no code list has one of its groups.
    """
    for rules in (spec.label_options.events, spec.label_options.planned):
        if rules is not None:
            require_groups(rules.names, code_lists, place=f"outcomes/{spec.name}.toml [label_options]")


def limit_follow_up(cohort: pd.DataFrame, split: SplitBlock) -> pd.Series[pd.Timestamp]:
    """Say up to which day each row's label may look, so that none of training or calibration sees the test's year.

    Parameters
    ----------
    cohort : pandas.DataFrame
        Column `index_date`.
    split : SplitBlock
        The split block.

    Returns
    -------
    pandas.Series of datetime64[us]
        In the order of the cohort. Under ``"time"`` the last index date, for the rows before it; else missing, which
        leaves a label the whole of the data.
    """
    index = cohort["index_date"].reset_index(drop=True)
    nothing = pd.Series(pd.NaT, index=index.index, dtype="datetime64[us]")
    if split.method != "time" or index.empty:
        return nothing
    return nothing.mask(index < index.max(), index.max())


def _say_lacking(spec: OutcomeSpec, option: str) -> str:
    return f"outcomes/{spec.name}.toml [label_options] {option}: label {spec.label!r} needs it. Add the block."
