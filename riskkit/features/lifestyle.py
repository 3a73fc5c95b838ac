"""Features of lifestyle and inheritance: smoking, alcohol, activity and a polygenic score, where a source has them."""

from __future__ import annotations

from riskkit.features.analytes import LIFESTYLE
from riskkit.features.catalogue import Feature


def lifestyle_features() -> list[Feature]:
    """Declare the features of lifestyle; none may enter a rate, least of all an inherited one.

    Returns
    -------
    list of Feature
        Group ``lifestyle``.
    """
    return [
        Feature(
            f"{analyte}_latest",
            f"{words}, latest",
            f"最近{words_zh}",
            unit,
            "lifestyle",
            "lifestyle",
            "latest",
            column="value",
            where=(("analyte", analyte),),
            window_days=None,
        )
        for analyte, (words, words_zh, unit) in LIFESTYLE.items()
    ]
