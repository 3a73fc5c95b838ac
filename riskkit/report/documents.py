"""The page as plain values: what a retraining wrote, put into sections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from riskkit.errors import DataContractError
from riskkit.report.data_section import make_data_section
from riskkit.report.explanation_section import make_explanation_section
from riskkit.report.member_section import make_member_section
from riskkit.report.migration_section import make_migration_section
from riskkit.report.outcome_section import make_key_figures, make_outcome_section
from riskkit.report.policy_section import make_policy_section
from riskkit.report.population_sections import make_flow_section, make_tier_section
from riskkit.report.rate_section import make_rate_section
from riskkit.report.stability_sections import make_drift_section, make_gate_section
from riskkit.report.verdict import make_verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

NEEDED_KEYS = ("scheme", "outcomes")
FOOTER = "Groups of fewer than 11 members are shown as <11. Members are named by keyed hashes only."
PREDICTION_COLUMNS = ("person_id", "outcome", "observed", "predicted", "weight")


def make_document(summary: Mapping[str, Any], frames: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """Put a retraining into the sections of the report.

    Parameters
    ----------
    summary : mapping
        The content of `summary.json`: `scheme` and `outcomes`, and where the scheme has them `drift`, `tiers`,
        `migration`, `rates`, `gates`, `data`, `flow` and `examples`.
    frames : mapping of str to pandas.DataFrame
        `predictions` (test rows: `person_id`, `outcome`, `observed`, `predicted`, `weight` and a column for each
        comparator), and where written `rates` (`rate_amount`, currency per member year), `contributions_<outcome>`,
        `feature_values_<outcome>` and `feature_catalogue` (`name`, `meaning`, `group`).

    Returns
    -------
    dict
        `kicker`, `title`, `facts` (pairs), `verdict`, `key_figures` (a table), `sections` and `footer`; plain values.

    Raises
    ------
    DataContractError
        If the summary or the predictions lack what every report shows.
    """
    _check(summary, frames)
    sections = [
        make_gate_section(summary),
        make_flow_section(summary),
        *(make_outcome_section(name, outcome, frames) for name, outcome in summary["outcomes"].items()),
        make_policy_section(summary),
        make_drift_section(summary),
        make_tier_section(summary),
        make_migration_section(summary),
        make_rate_section(summary, frames),
        make_member_section(summary),
        make_explanation_section(summary),
        make_data_section(summary),
    ]
    scheme = summary["scheme"]
    facts = [
        ("Scheme", scheme.get("name")),
        ("Made", str(scheme.get("created") or "")[:16].replace("T", " ")),
        ("riskkit", scheme.get("riskkit_version")),
        ("Currency", scheme.get("currency")),
    ]
    return {
        "kicker": "Risk and rate report",
        "footer": FOOTER,
        "title": scheme["title"],
        "facts": [(name, str(value)) for name, value in facts if value],
        "verdict": make_verdict(summary),
        "key_figures": make_key_figures(summary),
        "sections": [section for section in sections if section],
    }


def _check(summary: Mapping[str, Any], frames: Mapping[str, pd.DataFrame]) -> None:
    absent = [key for key in NEEDED_KEYS if not isinstance(summary.get(key), dict)]
    if absent:
        message = (
            f"summary.json: no {' and no '.join(absent)}; found {', '.join(map(str, summary)) or 'nothing'}. "
            "Retrain first: riskkit retrain writes the whole file."
        )
        raise DataContractError(message)
    found = frames.get("predictions")
    columns = [] if found is None else [str(column) for column in found]
    lacking = [column for column in PREDICTION_COLUMNS if column not in columns]
    if lacking:
        message = (
            f"evaluation/predictions.parquet: no column {', '.join(lacking)}; found {', '.join(columns) or 'no file'}. "
            "Retrain first: riskkit retrain writes the test predictions."
        )
        raise DataContractError(message)
