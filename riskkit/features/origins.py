"""Origins: the canonical tables that a feature is computed from."""

from __future__ import annotations

from riskkit.features.derive import DERIVED
from riskkit.features.episodes import EPISODES
from riskkit.features.sources import SOURCES

CONTEXT_TABLES = {"institution_level": ("enrollment",)}
"""Tables of the context columns that are not of the person."""


def find_tables(name: str, source: str) -> tuple[str, ...]:
    """Return the canonical tables behind a feature.

    Parameters
    ----------
    name : str
        Name of the feature.
    source : str
        Its logical source.

    Returns
    -------
    tuple of str
        Names of canonical tables, the one that decides whether the feature is missing first.

    Examples
    --------
    >>> find_tables("metformin_pdc_365d", "adherence"), find_tables("age_years", "context")
    (('pharmacy_claim', 'medical_claim'), ('person',))
    """
    if source == "context":
        return CONTEXT_TABLES.get(name, ("person",))
    if source == "derived":
        return DERIVED[name].tables
    if source in EPISODES:
        return (EPISODES[source].table, *EPISODES[source].beside)
    return (SOURCES[source].table,)
