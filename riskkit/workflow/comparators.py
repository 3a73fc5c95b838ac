"""Which comparators stand beside a model, from which columns, and why one is absent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from riskkit.evaluation.comparators import fit_comparator
from riskkit.evaluation.gam import INSTALL as GAM_ABSENT
from riskkit.evaluation.gam import is_gam_installed
from riskkit.evaluation.hcc import INSTALL as HCC_ABSENT
from riskkit.evaluation.hcc import compute_hcc_score, is_hcc_installed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskkit.data.io import Tables
    from riskkit.evaluation.comparators import ComparatorName
    from riskkit.evaluation.sample import Kind
    from riskkit.risk.matrix import ModelFrame

KEYS = ["person_id", "index_date"]
INDEX_FEATURES: dict[ComparatorName, str] = {"dcsi": "dcsi_total_730d", "charlson": "charlson_index_730d"}
"""The first that the scheme builds stands alone as a comparator."""

ONE_SIDED = "training rows with the event, or without it, are lacking: there is nothing to fit it on"
"""Why a comparator that needs both sides of a yes or no is not there."""

LOOKBACK_DAYS = 365
FEWEST_CODED = 0.5
"""Part of the diagnoses that must be ICD-10-CM for a CMS-HCC score to mean anything."""


@dataclass(frozen=True)
class ComparatorPlan:
    """The comparators of one outcome.

    Parameters
    ----------
    sources : dict of str to pandas.DataFrame
        Columns that each comparator reads, in the order of the outcome's rows.
    absent : dict of str to str
        Why each of the others is not there.
    kind : {"binary", "cost"}
        What is predicted.
    """

    sources: dict[ComparatorName, pd.DataFrame]
    absent: dict[str, str]
    kind: Kind

    def predict(
        self, frame: ModelFrame, train: NDArray[np.int64], test: NDArray[np.int64]
    ) -> dict[str, NDArray[np.float64]]:
        """Fit every comparator on the training rows and predict the test rows.

        Parameters
        ----------
        frame : ModelFrame
            All rows of the outcome.
        train, test : numpy.ndarray of int
            Positions.

        Returns
        -------
        dict of str to numpy.ndarray
            One prediction a test row by comparator.
        """
        return self.predict_from(frame.take(train), train, test)

    def predict_from(
        self, seen: ModelFrame, train: NDArray[np.int64], test: NDArray[np.int64]
    ) -> dict[str, NDArray[np.float64]]:
        """Fit every comparator on training rows whose outcome is not that of all rows, and predict the test rows.

        Parameters
        ----------
        seen : ModelFrame
            The training rows with what training may know of them, such as a follow-up cut at the day of the test.
        train, test : numpy.ndarray of int
            Their positions among the rows of the outcome, and those of the test rows.

        Returns
        -------
        dict of str to numpy.ndarray
            One prediction a test row by comparator; age and sex alone where the rows hold one side of a yes or no.
        """
        y, w = seen.observed, seen.weight
        one_sided = self.kind == "binary" and len(np.unique(y[w > 0])) < 2
        return {
            name: fit_comparator(name, self.kind, source.take(train), y, w).predict(source.take(test))
            for name, source in self.sources.items()
            if name == "age_sex" or not one_sided
        }

    def keep_fitted(self, predictions: pd.DataFrame) -> tuple[ComparatorPlan, pd.DataFrame]:
        """Keep the comparators that predicted every test row.

        Parameters
        ----------
        predictions : pandas.DataFrame
            Test rows of all splits, with a column by comparator.

        Returns
        -------
        plan : ComparatorPlan
            Without those that a split could not fit, because its training rows hold one side of the outcome alone;
            they are absent for that reason.
        predictions : pandas.DataFrame
            Without their columns.
        """
        kept = {name: source for name, source in self.sources.items() if _is_whole(predictions, name)}
        lost = {str(name): ONE_SIDED for name in self.sources if name not in kept}
        return replace(self, sources=kept, absent=self.absent | lost), predictions.drop(
            columns=list(lost), errors="ignore"
        )


def _is_whole(predictions: pd.DataFrame, name: str) -> bool:
    return name in predictions and bool(predictions[name].notna().all())


def plan_comparators(
    frame: ModelFrame, cohort: pd.DataFrame, tables: Tables, *, names: list[str], kind: Kind, gam: bool = True
) -> ComparatorPlan:
    """Choose the comparators that the data allow.

    Parameters
    ----------
    frame : ModelFrame
        Rows of the outcome with every feature that the scheme builds.
    cohort : pandas.DataFrame
        Cohort frame of the same rows.
    tables : Tables
        Canonical tables, for the diagnoses of a CMS-HCC score.
    names : list of str
        Features of the model itself.
    kind : {"binary", "cost"}
        What is predicted.
    gam : bool, default True
        Whether the run has time for the additive model.

    Returns
    -------
    ComparatorPlan
        `age_sex` and `logistic` or `linear` always; one index alone, `hcc` and `gam` where they can be had.
    """
    sources: dict[ComparatorName, pd.DataFrame] = {"age_sex": cohort}
    sources["logistic" if kind == "binary" else "linear"] = frame.features[names]
    absent: dict[str, str] = {}
    index = next((name for name, column in INDEX_FEATURES.items() if _tells_apart(frame.features, column)), None)
    if index is None:
        absent["dcsi"] = f"the scheme builds neither {' nor '.join(INDEX_FEATURES.values())}"
    else:
        sources[index] = frame.features[[INDEX_FEATURES[index]]]
    found = _find_hcc(cohort, tables)
    if isinstance(found, str):
        absent["hcc"] = found
    else:
        sources["hcc"] = found
    if gam and is_gam_installed():
        sources["gam"] = frame.features[names]
    else:
        absent["gam"] = GAM_ABSENT if gam else "[run] gam = false"
    return ComparatorPlan(sources, absent, kind)


def _tells_apart(features: pd.DataFrame, column: str) -> bool:
    return column in features and bool(features[column].min() < features[column].max())


def _find_hcc(cohort: pd.DataFrame, tables: Tables) -> pd.DataFrame | str:
    """Score the members by CMS-HCC, or say why not."""
    if "diagnosis" not in tables.paths:
        return "the source has no diagnoses"
    counts = tables.frame("diagnosis")["vocabulary"].value_counts(normalize=True)
    if counts.get("icd10cm", 0.0) < FEWEST_CODED:
        most = f"{counts.index[0]} ({counts.iloc[0]:.0%})" if len(counts) else "none"
        return f"CMS-HCC reads ICD-10-CM, the diagnoses are {most}"
    if not is_hcc_installed():
        return HCC_ABSENT
    score = compute_hcc_score(cohort, _known_diagnoses(cohort, tables))
    return pd.DataFrame({"hcc_score": score})


def _known_diagnoses(cohort: pd.DataFrame, tables: Tables) -> pd.DataFrame:
    """ICD-10-CM codes that were known at each index date, of the year before it."""
    from sqlglot import exp

    from riskkit.data.engine import open_engine, open_tables
    from riskkit.features.window import AVAILABLE_DATE, EVENT_DATE, visible

    coded = (
        exp.select("person_id", "code", exp.alias_(exp.column("date"), EVENT_DATE), AVAILABLE_DATE)
        .from_("diagnosis")
        .where(exp.column("vocabulary").eq("icd10cm"))
    )
    same_person = exp.column("person_id", "e").eq(exp.column("person_id", "s"))
    query = exp.select("s.person_id", "s.index_date", "e.code").distinct().from_("spine AS s")
    query = query.join(coded.subquery("e"), on=same_person).where(visible(LOOKBACK_DAYS))
    with open_engine() as engine:
        open_tables(engine, {"diagnosis": tables.paths["diagnosis"]})
        engine.register("spine", cohort[[*KEYS, "as_of_date"]])
        found = engine.execute(query.sql("duckdb")).df()
    return found.astype({"person_id": "str", "index_date": "datetime64[us]"})
