"""A plan: one query of the compiled catalogue, the same for every engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlglot import exp

    from riskkit.features.catalogue import Feature


@dataclass(frozen=True)
class Plan:
    """One query of the compiled catalogue.

    Parameters
    ----------
    source : str
        Logical source or episode that the query reads.
    table : str
        Canonical table that it reads; where a source has no such table the features are missing, not zero.
    features : tuple of Feature
        Features that it answers.
    query : sqlglot.expressions.Select
        `row_id` and one column per feature, for the rows that have any visible event; over the relation ``spine``
        (`row_id`, `person_id`, `index_date`, `as_of_date`), the canonical tables and ``code_group``.
    """

    source: str
    table: str
    features: tuple[Feature, ...]
    query: exp.Select
