"""The reason dictionary: the fixed words in English and Chinese that the reasons of a model may use."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from riskkit.explain.contributions import find_groups
from riskkit.explain.wording import Quantity, get_group_words, get_unit_words, raise_first


def make_reason_dictionary(names: Sequence[str], catalogue: pd.DataFrame, quantity: Quantity) -> pd.DataFrame:
    """List what a reason says of each feature.

    Parameters
    ----------
    names : sequence of str
        Features of the model.
    catalogue : pandas.DataFrame of shape (n_catalogue, n_columns)
        `name`, `meaning`, `meaning_zh`, `unit`, `group`.
    quantity : Quantity
        Knows the currency.

    Returns
    -------
    pandas.DataFrame of shape (n_names, 8)
        `feature`, `group`, `group_text`, `group_text_zh`, `text`, `text_zh`, `unit`, `unit_zh`.

    Raises
    ------
    DataContractError
        If a feature is absent from the catalogue.
    """
    groups = find_groups(list(names), catalogue)
    rows = catalogue.set_index("name").loc[list(names)]
    words = [get_group_words(group) for group in groups]
    units = [get_unit_words(str(unit), quantity) for unit in rows["unit"]]
    return pd.DataFrame(
        {
            "feature": list(names),
            "group": groups,
            "group_text": [english for english, _ in words],
            "group_text_zh": [chinese for _, chinese in words],
            "text": [raise_first(str(meaning)) for meaning in rows["meaning"]],
            "text_zh": rows["meaning_zh"].tolist(),
            "unit": [english for english, _ in units],
            "unit_zh": [chinese for _, chinese in units],
        }
    )
