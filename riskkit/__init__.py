"""Risk stratification and risk-adjusted capitation: from claims to calibrated risks, tiers, rates and the reasons.

Every public name stands in `__all__` and is loaded when it is first used, so that ``import riskkit`` stays quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from riskkit.data.io import read_tables, write_tables
    from riskkit.data.presets import write_starting_set
    from riskkit.data.synthetic.cohort import make_cohort, write_cohort
    from riskkit.errors import (
        AcceptanceError,
        DataContractError,
        LeakageError,
        ModelStoreError,
        PolicyError,
        RiskkitError,
    )
    from riskkit.evaluation.metrics import compute_metrics
    from riskkit.explain.contributions import compute_contributions
    from riskkit.policy import read_policy
    from riskkit.rates.allocation import allocate_budget
    from riskkit.rates.capitation import compute_rates, fit_rates
    from riskkit.rates.certificate import make_certificate
    from riskkit.rates.policy import RatePolicy
    from riskkit.report.render import write_report
    from riskkit.tiers.assignment import assign_tiers
    from riskkit.tiers.cuts import fit_cuts
    from riskkit.tiers.policy import TierPolicy
    from riskkit.workflow.apply import open_bundle, rate_source, score_source
    from riskkit.workflow.members import build_members, label_members, plan_features
    from riskkit.workflow.retrain import require_gates, retrain
    from riskkit.workflow.scheme import read_scheme
    from riskkit.workflow.score import score_members
    from riskkit.workflow.source import open_source
    from riskkit.workflow.training import train_scheme

    __version__: str

__all__ = [
    "AcceptanceError",
    "DataContractError",
    "LeakageError",
    "ModelStoreError",
    "PolicyError",
    "RatePolicy",
    "RiskkitError",
    "TierPolicy",
    "__version__",
    "allocate_budget",
    "assign_tiers",
    "build_members",
    "compute_contributions",
    "compute_metrics",
    "compute_rates",
    "fit_cuts",
    "fit_rates",
    "label_members",
    "make_certificate",
    "make_cohort",
    "open_bundle",
    "open_source",
    "plan_features",
    "rate_source",
    "read_policy",
    "read_scheme",
    "read_tables",
    "require_gates",
    "retrain",
    "score_members",
    "score_source",
    "train_scheme",
    "write_cohort",
    "write_report",
    "write_starting_set",
    "write_tables",
]

_PLACES = {
    "riskkit.data.io": ("read_tables", "write_tables"),
    "riskkit.data.presets": ("write_starting_set",),
    "riskkit.data.synthetic.cohort": ("make_cohort", "write_cohort"),
    "riskkit.errors": (
        "AcceptanceError",
        "DataContractError",
        "LeakageError",
        "ModelStoreError",
        "PolicyError",
        "RiskkitError",
    ),
    "riskkit.evaluation.metrics": ("compute_metrics",),
    "riskkit.explain.contributions": ("compute_contributions",),
    "riskkit.policy": ("read_policy",),
    "riskkit.rates.allocation": ("allocate_budget",),
    "riskkit.rates.capitation": ("compute_rates", "fit_rates"),
    "riskkit.rates.certificate": ("make_certificate",),
    "riskkit.rates.policy": ("RatePolicy",),
    "riskkit.report.render": ("write_report",),
    "riskkit.tiers.assignment": ("assign_tiers",),
    "riskkit.tiers.cuts": ("fit_cuts",),
    "riskkit.tiers.policy": ("TierPolicy",),
    "riskkit.workflow.apply": ("open_bundle", "rate_source", "score_source"),
    "riskkit.workflow.members": ("build_members", "label_members", "plan_features"),
    "riskkit.workflow.retrain": ("require_gates", "retrain"),
    "riskkit.workflow.scheme": ("read_scheme",),
    "riskkit.workflow.score": ("score_members",),
    "riskkit.workflow.source": ("open_source",),
    "riskkit.workflow.training": ("train_scheme",),
}


def __getattr__(name: str) -> object:
    """Load a public name when it is first used."""
    if name == "__version__":
        from importlib.metadata import version

        return version("riskkit")
    for module, names in _PLACES.items():
        if name in names:
            value: object = getattr(import_module(module), name)
            globals()[name] = value
            return value
    message = f"module 'riskkit' has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
