"""Does the model still hold in a later year: keep it, rescale it or refuse it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

import numpy.typing as npt

from riskkit.errors import PolicyError
from riskkit.evaluation.calibration import weighted_oe_ratio
from riskkit.evaluation.cost import weighted_gini
from riskkit.evaluation.intervals import bootstrap_statistics
from riskkit.evaluation.sample import make_sample

DriftVerdict = Literal["stable", "recalibrate", "refuse"]


@dataclass(frozen=True)
class DriftLimits:
    """Where a drift of the outcome stops being noise, and where it stops being mendable.

    Parameters
    ----------
    stable : tuple of two float
        Band of the O/E ratio, around 1, inside which the model is kept.
    refuse : tuple of two float
        Wider band of the O/E ratio, outside which a change of scale is no answer.
    minimum_gini : float, default 0
        Ordered Gini ratio at or below which the ranking itself is lost.

    Raises
    ------
    PolicyError
        If the bands are not nested around 1.

    Examples
    --------
    >>> DriftLimits(stable=(0.97, 1.03), refuse=(0.33, 3.0)).minimum_gini
    0.0
    """

    stable: tuple[float, float]
    refuse: tuple[float, float]
    minimum_gini: float = 0.0

    def __post_init__(self) -> None:
        if not 0 < self.refuse[0] < self.stable[0] <= 1 <= self.stable[1] < self.refuse[1]:
            message = (
                "drift limits: expected refuse[0] < stable[0] <= 1 <= stable[1] < refuse[1], got "
                f"stable={self.stable}, refuse={self.refuse}. Correct the acceptance numbers of the outcome."
            )
            raise PolicyError(message)


@dataclass(frozen=True)
class OutcomeDrift:
    """What a later year says about a model.

    Parameters
    ----------
    oe_ratio, low, high : float
        Observed over expected with its 95% interval.
    expected_ratio : float
        Expected over observed: how many times the actual the model predicts.
    gini : float
        Ordered Gini ratio of the prediction in the later year.
    verdict : {"stable", "recalibrate", "refuse"}
        What to do with the model.
    evidence : {"clear", "weak"}
        ``"weak"`` where the interval reaches over the border of the verdict: gather more before acting on it.
    reason : str
        Why, in one sentence.
    """

    oe_ratio: float
    low: float
    high: float
    expected_ratio: float
    gini: float
    verdict: DriftVerdict
    evidence: Literal["clear", "weak"]
    reason: str

    def to_dict(self) -> dict[str, float | str]:
        """Return the finding as plain values.

        Returns
        -------
        dict
            The fields by name.
        """
        return asdict(self)


def compute_outcome_drift(
    observed: npt.ArrayLike,
    predicted: npt.ArrayLike,
    weight: npt.ArrayLike | None = None,
    groups: npt.ArrayLike | None = None,
    *,
    limits: DriftLimits,
    n_bootstrap: int = 500,
    seed: int = 0,
) -> OutcomeDrift:
    """Judge a model on a later year: keep it, rescale it, or refuse it.

    The model is stable while O/E stays in the stable band. Beyond that it is to be recalibrated, unless O/E leaves the
    refusal band or the ranking is lost. The verdict rests on the size of the effect alone, so that the same shift gets
    the same verdict in a small year and in a large one; how sure it is, the interval and `evidence` say.

    Parameters
    ----------
    observed, predicted, weight, groups : array-like of shape (n_rows,)
        Outcomes (0/1 or annualised amounts), predictions, row weights and persons of the later year.
    limits : DriftLimits
        The bands.
    n_bootstrap, seed : int
        Replicates of the person-cluster bootstrap and its seed.

    Returns
    -------
    OutcomeDrift
        The figures and the verdict.

    Raises
    ------
    DataContractError
        If the values are not usable, see `make_sample`.

    References
    ----------
    .. [1] Vergouwe Y. et al. (2017). A closed testing procedure to select an appropriate method for updating
       prediction models. Statistics in Medicine 36(28). doi:10.1002/sim.7179

    Examples
    --------
    A model that predicts twice the actual amounts:

    >>> limits = DriftLimits(stable=(0.97, 1.03), refuse=(0.33, 3.0))
    >>> drift = compute_outcome_drift([1, 2, 3, 4], [2, 4, 6, 8], limits=limits)
    >>> drift.oe_ratio, drift.verdict
    (0.5, 'recalibrate')
    """
    sample = make_sample(observed, predicted, weight, groups, kind="cost")
    table = bootstrap_statistics(sample, {"oe_ratio": weighted_oe_ratio}, n_bootstrap=n_bootstrap, seed=seed)
    oe_ratio, low, high = (float(table[name].iloc[0]) for name in ("value", "low", "high"))
    gini = float(weighted_gini(sample, sample.weight[None, :])[0])
    return judge_outcome_drift(oe_ratio, low, high, gini=gini, limits=limits)


def judge_outcome_drift(oe_ratio: float, low: float, high: float, *, gini: float, limits: DriftLimits) -> OutcomeDrift:
    """Judge figures of a later year that were computed elsewhere, such as those of a horizon under censoring.

    Parameters
    ----------
    oe_ratio, low, high : float
        Observed over expected with its 95% interval.
    gini : float
        Ordered Gini ratio of the prediction; of a 0/1 outcome it is 2 AUROC - 1.
    limits : DriftLimits
        The bands.

    Returns
    -------
    OutcomeDrift
        The figures and the verdict, which does not look at the interval.

    Examples
    --------
    >>> limits = DriftLimits(stable=(0.97, 1.03), refuse=(0.33, 3.0))
    >>> found = judge_outcome_drift(1.1, 0.9, 1.3, gini=0.4, limits=limits)
    >>> found.verdict, found.evidence
    ('recalibrate', 'weak')
    """
    verdict, reason = _judge(oe_ratio, low, high, gini=gini, limits=limits)
    inside, *ends = (_name_band(ratio, limits) for ratio in (oe_ratio, low, high))
    lost = verdict == "refuse" and inside != "refuse"
    across = low < limits.stable[0] and high > limits.stable[1]
    same = all(end == inside for end in ends) and not across
    evidence: Literal["clear", "weak"] = "clear" if lost or same else "weak"
    expected_ratio = 1 / oe_ratio if oe_ratio > 0 else float("nan")
    return OutcomeDrift(oe_ratio, low, high, expected_ratio, gini, verdict, evidence, reason)


def _name_band(ratio: float, limits: DriftLimits) -> DriftVerdict:
    if limits.stable[0] <= ratio <= limits.stable[1]:
        return "stable"
    return "recalibrate" if limits.refuse[0] <= ratio <= limits.refuse[1] else "refuse"


def _judge(oe_ratio: float, low: float, high: float, *, gini: float, limits: DriftLimits) -> tuple[DriftVerdict, str]:
    found = f"observed / expected is {oe_ratio:.3f} ({low:.3f} to {high:.3f})"
    if not limits.refuse[0] <= oe_ratio <= limits.refuse[1]:
        return "refuse", f"{found}, outside {limits.refuse[0]:g} to {limits.refuse[1]:g}: no rescaling mends that."
    if not gini > limits.minimum_gini:
        return (
            "refuse",
            f"the ordered Gini ratio is {gini:.3f}, not above {limits.minimum_gini:g}: the ranking is lost.",
        )
    if limits.stable[0] <= oe_ratio <= limits.stable[1]:
        return "stable", f"{found}, inside {limits.stable[0]:g} to {limits.stable[1]:g}."
    doubt = "; the interval holds 1, so this may be chance" if low <= 1 <= high else ""
    return "recalibrate", f"{found}, outside {limits.stable[0]:g} to {limits.stable[1]:g}{doubt}."
