"""The fixed dictionary of reasons: groups, units, values and amounts in English and Chinese."""

from __future__ import annotations

import math
from dataclasses import dataclass

NOT_MEASURED = ("not measured", "未测量")
NONE_ON_RECORD = ("none on record", "无记录")
YES = ("yes", "是")
NO = ("no", "否")
LARGE, MEDIUM, SMALL = 100.0, 10.0, 0.01

GROUP_WORDS = {
    "demography": ("demography", "人口学特征"),
    "diagnoses": ("diagnoses", "诊断"),
    "kidney": ("kidney", "肾脏"),
    "eye": ("eye", "眼部"),
    "heart": ("heart and vessels", "心血管"),
    "nerves": ("nerves", "神经"),
    "foot": ("foot", "足部"),
    "glycaemia": ("glycaemia", "血糖"),
    "use": ("use of care", "就诊情况"),
    "cost": ("earlier cost", "既往费用"),
    "drugs": ("drugs", "用药"),
    "care": ("follow-up care", "随访管理"),
    "index_stay": ("this hospital stay", "本次住院"),
    "membership": ("membership", "参保情况"),
    "comorbidity": ("comorbidity", "合并症"),
    "cgm": ("continuous glucose monitoring", "动态血糖"),
    "lifestyle": ("lifestyle", "生活方式"),
    "survey": ("survey", "问卷调查"),
    "team": ("family-doctor team", "家庭医生团队"),
}
# Units that are not written as they stand in the catalogue; a unit not listed is.
UNIT_WORDS = {
    "flag": ("", ""),
    "count": ("", ""),
    "band": ("", ""),
    "level": ("", ""),
    "step": ("", ""),
    "stage": ("", ""),
    "index": ("", ""),
    "fraction": ("", ""),
    "points": ("points", "分"),
    "days": ("days", "天"),
    "years": ("years", "岁"),
}


@dataclass(frozen=True)
class Quantity:
    """What contributions are amounts of, and how that is said.

    Parameters
    ----------
    name, name_zh : str
        The predicted quantity, such as "the expected cost" and "预期费用".
    unit, unit_zh : str
        Follows an amount, such as "CNY a year" and "元/年".
    scale : float, default 1
        Multiplies an amount before it is written: 100 for percentage points.
    digits : int, default 0
        Decimals of a written amount.
    currency, currency_zh : str
        Written after feature values whose unit is `currency`.
    decimals : int, default 6
        Decimals of an amount that is kept as a number.
    level_unit : str, default ""
        Follows a prediction, where its unit is not that of an amount: "%" beside percentage points.
    """

    name: str
    name_zh: str
    unit: str
    unit_zh: str
    scale: float = 1.0
    digits: int = 0
    currency: str = "CNY"
    currency_zh: str = "元"
    decimals: int = 6
    level_unit: str = ""

    def write_amount(self, amount: float) -> str:
        """Write the size of an amount without its sign or unit.

        Parameters
        ----------
        amount : float
            A contribution.

        Returns
        -------
        str
            With thousands separators; two significant digits where the decimals would not show it.

        Examples
        --------
        >>> make_cost_quantity().write_amount(-1240.4), make_risk_quantity("admission", "住院").write_amount(0.0003)
        ('1,240', '0.03')
        """
        size = abs(amount) * self.scale
        return f"{size:,.{self.digits}f}" if size >= 10**-self.digits else f"{size:.2g}"


def make_cost_quantity(currency: str = "CNY", currency_zh: str | None = None) -> Quantity:
    """Describe amounts of expected cost per member year.

    Parameters
    ----------
    currency : str, default "CNY"
        Code of the currency.
    currency_zh : str, optional
        Its Chinese name; 元 for CNY and otherwise the code where absent.

    Returns
    -------
    Quantity
        The description.

    Examples
    --------
    >>> make_cost_quantity("USD").unit
    'USD a year'
    """
    zh = currency_zh or ("元" if currency == "CNY" else currency)
    return Quantity(
        "the expected cost", "预期费用", f"{currency} a year", f"{zh}/年", currency=currency, currency_zh=zh, decimals=2
    )


def make_risk_quantity(title: str, title_zh: str, currency: str = "CNY") -> Quantity:
    """Describe percentage points of the risk of an event.

    Parameters
    ----------
    title, title_zh : str
        The event, as in the outcome specification.
    currency : str, default "CNY"
        Currency of features that are amounts.

    Returns
    -------
    Quantity
        The description.

    Examples
    --------
    >>> make_risk_quantity("Any admission within 12 months", "12个月内任何住院").name
    'the risk of any admission within 12 months'
    """
    zh = "元" if currency == "CNY" else currency
    name = f"the risk of {_lower_first(title)}"
    return Quantity(name, f"{title_zh}的风险", "percentage points", "个百分点", 100.0, 1, currency, zh, level_unit="%")


def write_number(value: float) -> str:
    """Write a feature value: whole numbers plainly, others with up to three significant decimals.

    Parameters
    ----------
    value : float
        A finite number.

    Returns
    -------
    str
        With thousands separators and no trailing zeros.

    Examples
    --------
    >>> [write_number(x) for x in (9.4, 9.444, 71.0, 1234.56, 12.04, -0.25, 0.0012)]
    ['9.4', '9.44', '71', '1,235', '12', '-0.25', '0.0012']
    """
    size = abs(value)
    if value == int(value):
        return f"{int(value):,}"
    if size < SMALL:
        return f"{value:.2g}"
    if size >= LARGE:
        return f"{value:,.0f}"
    return f"{value:.{1 if size >= MEDIUM else 2}f}".rstrip("0").rstrip(".")


def write_value(value: float, unit: str, quantity: Quantity) -> tuple[str, str]:
    """Write a feature value with its unit, in English and Chinese.

    Parameters
    ----------
    value : float
        The value; NaN is missing.
    unit : str
        Unit of the catalogue.
    quantity : Quantity
        Knows the currency.

    Returns
    -------
    tuple of two str
        English and Chinese.

    Examples
    --------
    >>> write_value(9.4, "%", make_cost_quantity()), write_value(1.0, "flag", make_cost_quantity())
    (('9.4 %', '9.4 %'), ('yes', '是'))
    """
    if math.isnan(value):
        return NONE_ON_RECORD if unit == "days" else NOT_MEASURED
    if unit == "flag":
        return YES if value else NO
    number = write_number(value)
    unit_en, unit_zh = get_unit_words(unit, quantity)
    return f"{number} {unit_en}".rstrip(), f"{number} {unit_zh}".rstrip()


def get_unit_words(unit: str, quantity: Quantity) -> tuple[str, str]:
    """Return how a unit of the catalogue is written.

    Parameters
    ----------
    unit : str
        Unit of the catalogue.
    quantity : Quantity
        Knows the currency.

    Returns
    -------
    tuple of two str
        English and Chinese.

    Examples
    --------
    >>> get_unit_words("mmHg per year", make_cost_quantity())
    ('mmHg per year', 'mmHg/年')
    """
    if unit == "currency":
        return quantity.currency, quantity.currency_zh
    return UNIT_WORDS.get(unit, (unit, unit.replace(" per year", "/年")))


def get_group_words(group: str) -> tuple[str, str]:
    """Return the name of a clinical group.

    Parameters
    ----------
    group : str
        Group of the catalogue.

    Returns
    -------
    tuple of two str
        English and Chinese; a group without an entry under its own name.

    Examples
    --------
    >>> get_group_words("glycaemia")
    ('glycaemia', '血糖')
    """
    plain = group.replace("_", " ")
    return GROUP_WORDS.get(group, (plain, plain))


def raise_first(text: str) -> str:
    """Capitalise the first word, unless it has capitals of its own (eGFR).

    Parameters
    ----------
    text : str
        A phrase.

    Returns
    -------
    str
        The phrase as the start of a sentence.

    Examples
    --------
    >>> raise_first("age"), raise_first("eGFR, latest")
    ('Age', 'eGFR, latest')
    """
    first = text.split(" ", maxsplit=1)[0]
    return text[:1].upper() + text[1:] if first == first.lower() else text


def _lower_first(text: str) -> str:
    first = text.split(" ", maxsplit=1)[0]
    return text[:1].lower() + text[1:] if first == first.capitalize() else text
