"""Confirmation: beside each feature that one record raises, the one that may enter a rate because one record cannot."""

from __future__ import annotations

from dataclasses import replace

from riskkit.features.catalogue import Feature
from riskkit.features.groups import LAB_CONFIRMED


def confirm_feature(single: Feature) -> list[Feature]:
    """Declare the confirmed version of a diagnosis feature, for the payment policy.

    Parameters
    ----------
    single : Feature
        Flag or points of a code group that a single record raises; its name ends in ``_730d``.

    Returns
    -------
    list of Feature
        ``<stem>_confirmed_730d``; for the kidney first ``<stem>_coded_730d``, what the records alone confirm, which the
        laboratory completes.

    Examples
    --------
    >>> single = Feature("dx_asthma_730d", "diagnosis of asthma in 730 days", "730天内诊断:哮喘", "flag", "diagnoses",
    ...                  "diagnoses", "any", where=(("code_group", "conditions:asthma"),), window_days=730)
    >>> [(feature.name, feature.meaning, feature.policy) for feature in confirm_feature(single)]
    [('dx_asthma_confirmed_730d', 'diagnosis of asthma in 730 days, in hospital or on two dates', 'payment')]
    """
    stem = single.name.removesuffix("_730d")
    records = replace(
        single,
        name=f"{stem}_confirmed_730d",
        meaning=f"{single.meaning}, in hospital or on two dates",
        meaning_zh=f"{single.meaning_zh}(住院或两个不同日期)",
        source="confirmed_diagnoses",
        policy="payment",
    )
    if stem not in LAB_CONFIRMED:
        return [records]
    either = Feature(
        records.name,
        f"{single.meaning}, in hospital, on two dates or by laboratory",
        f"{single.meaning_zh}(住院、两个不同日期或检验证实)",
        single.unit,
        single.group,
        "derived",
        "derived",
        window_days=single.window_days,
        direction=single.direction,
        policy="payment",
    )
    return [replace(records, name=f"{stem}_coded_730d", policy="clinical"), either]


def confirmed_total() -> Feature:
    """Declare the severity index of what is confirmed.

    Returns
    -------
    Feature
        ``dcsi_total_confirmed_730d``.
    """
    return Feature(
        "dcsi_total_confirmed_730d",
        "diabetes complications severity index (0-13) of what is confirmed",
        "糖尿病并发症严重度指数(仅计确诊)",
        "points",
        "diagnoses",
        "derived",
        "derived",
        window_days=730,
        direction=1,
        policy="payment",
    )
