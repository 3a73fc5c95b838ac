"""The contents of the catalogue: every group of features that riskkit declares, in a fixed order."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from riskkit.errors import PolicyError
from riskkit.features.care_process import care_features
from riskkit.features.catalogue import Catalogue
from riskkit.features.comorbidities import comorbidity_features
from riskkit.features.conditions import condition_features
from riskkit.features.demographics import demographic_features
from riskkit.features.index_stay import index_stay_features
from riskkit.features.labs import lab_features
from riskkit.features.lifestyle import lifestyle_features
from riskkit.features.medications import medication_features
from riskkit.features.panels import panel_features
from riskkit.features.sensors import sensor_features
from riskkit.features.survey import survey_features
from riskkit.features.utilization import utilization_features

if TYPE_CHECKING:
    import pandas as pd


def make_catalogue(code_groups: pd.DataFrame) -> Catalogue:
    """Declare every feature that riskkit knows.

    Parameters
    ----------
    code_groups : pandas.DataFrame
        Columns `list`, `group`: the groups of every code list.

    Returns
    -------
    Catalogue
        All features, in a fixed order, with distinct names.

    Raises
    ------
    PolicyError
        If a group of a code list makes a feature whose name is taken.
    """
    features = [
        *demographic_features(),
        *condition_features(code_groups),
        *comorbidity_features(code_groups),
        *utilization_features(),
        *medication_features(),
        *lab_features(),
        *sensor_features(),
        *lifestyle_features(),
        *survey_features(),
        *care_features(),
        *panel_features(),
        *index_stay_features(code_groups),
    ]
    counted = Counter(feature.name for feature in features)
    twice = [name for name, number in counted.items() if number > 1]
    if twice:
        message = f"code lists: two features are called {twice[0]!r}. Rename the group that makes it."
        raise PolicyError(message)
    return Catalogue(tuple(features))
