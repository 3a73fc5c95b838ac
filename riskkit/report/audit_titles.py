"""Words of the audit page: titles of partitions, parts of a move and kinds of records, and how money is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from riskkit.report.wording import as_number, format_number, format_percent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

GROUPINGS: Final[dict[str, str]] = {
    "risk_tier": "Tier 分层",
    "decile": "Decile of risk 风险十分位",
    "tier_decile": "Decile inside the tier 层内十分位",
    "team_id": "Team 团队",
    "age_band": "Age 年龄",
    "sex": "Sex 性别",
    "region": "Region 地区",
    "urban": "Urban or rural 城乡",
    "insurance_type": "Insurance 险种",
    "institution_level": "Institution level 机构级别",
    "enrolment": "New or continuing 新老参保",
    "laboratory": "Laboratory 检验",
}
PARTS: Final[dict[str, str]] = {
    "population": "Population 人群",
    "model": "Model 模型",
    "coding": "Coding 编码",
    "normalisation": "Normalisation 标准化",
    "refit": "Budget and refit 预算与重新拟合",
    "policy": "Policy 政策",
}
FAMILIES: Final[dict[str, str]] = {
    "code": "A code on one visit 一次就诊加编码",
    "code_twice": "A code on two dates 两次就诊加编码",
    "code_stay": "A code on a stay 住院加编码",
    "visit": "One more visit 增加一次就诊",
    "stay": "One more stay 增加一次住院",
    "spend": "Spend 费用",
}


def to_english(title: str) -> str:
    """Keep the English of a title, for a figure whose fonts may lack Chinese.

    Parameters
    ----------
    title : str
        English, then Chinese.

    Returns
    -------
    str
        The words before the first Chinese one.

    Examples
    --------
    >>> to_english("Decile inside the tier 层内十分位")
    'Decile inside the tier'
    """
    return " ".join(word for word in title.split() if word.isascii())


def shorten(text: str, most: int = 24) -> str:
    """Cut a name that is too long for the axis of a figure.

    Parameters
    ----------
    text : str
        A name.
    most : int, default 24
        Most characters.

    Returns
    -------
    str
        The name, or its beginning.

    Examples
    --------
    >>> shorten("ischaemic heart disease", 12)
    'ischaemic h…'
    """
    return text if len(text) <= most else f"{text[: most - 1]}…"


def write_money(value: object) -> str:
    """Write an amount of currency without decimals.

    Parameters
    ----------
    value : object
        Amount.

    Returns
    -------
    str
        Text.

    Examples
    --------
    >>> write_money(-1234.5), write_money(-0.2)
    ('−1,234', '0')
    """
    number = as_number(value)
    return format_number(None if number is None else round(number) + 0, 0)


def say_level(audit: Mapping[str, Any]) -> str:
    """Say that the level of the rates is not judged, and what is.

    Parameters
    ----------
    audit : mapping
        One audit.

    Returns
    -------
    str
        One clause.

    Examples
    --------
    >>> say_level({"share_of_expected_cost": 0.0312}).partition(";")[0]
    'pays 3.1% of the expected cost'
    """
    return (
        f"pays {format_percent(audit['share_of_expected_cost'])} of the expected cost; whether that is enough for its "
        "services the claims cannot say: only differences between groups are judged"
    )


def name_audit(audit: Mapping[str, Any], audits: Sequence[Mapping[str, Any]]) -> str:
    """Name the policy behind a heading, where there are two.

    Parameters
    ----------
    audit : mapping
        One audit.
    audits : sequence of mapping
        All of them.

    Returns
    -------
    str
        Empty for one policy.
    """
    return "" if len(audits) == 1 else f": {audit['title']}"


def make_anchor(section: str, audit: Mapping[str, Any]) -> str:
    """Make the identifier of a section about one policy.

    Parameters
    ----------
    section : str
        Name of the section.
    audit : mapping
        One audit.

    Returns
    -------
    str
        Letters, digits and hyphens.
    """
    return f"{section}-{audit['policy'].replace('_', '-')}"
