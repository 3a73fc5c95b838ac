"""The settlement list's files and columns: names, what a value must look like, and where it goes."""

from __future__ import annotations

from dataclasses import dataclass

DATE = (r"\d{8}", "a date as YYYYMMDD")
AMOUNT = (r"-?\d{1,12}(\.\d{1,4})?", "an amount")
NUMBER = (r"-?\d{1,9}(\.\d{1,6})?", "a number")
COUNT = (r"\d{1,6}", "a whole number")
ANY = (".*", "text")

OTHER_DIAGNOSES = tuple(f"其他诊断编码{position}" for position in range(1, 16))
OTHER_PROCEDURES = tuple(f"其他手术操作编码{position}" for position in range(1, 8))


@dataclass(frozen=True)
class ListColumn:
    """A column of a settlement file.

    Parameters
    ----------
    name : str
        Its name in the layout.
    goes_to : str
        Canonical table and column, and how.
    form : tuple of (str, str), default any text
        Regular expression of a present value, and the same in words.
    presence : {"value", "column", "optional"}, default "optional"
        `value`: the column and a value in every row; `column`: the column, which may hold blanks; `optional`: neither.
    synonyms : tuple of str, default ()
        Other headers of the same column.
    """

    name: str
    goes_to: str
    form: tuple[str, str] = ANY
    presence: str = "optional"
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True)
class ListFile:
    """A kind of settlement file.

    Parameters
    ----------
    view : str
        Name of the relation that holds its rows.
    stem : str
        File name without ``.csv``; parts may follow an underscore, as in ``结算清单_2024.csv``.
    columns : tuple of ListColumn
        Columns read.
    required : bool, default False
        True where there is no source without the file.
    """

    view: str
    stem: str
    columns: tuple[ListColumn, ...]
    required: bool = False

    def headers(self) -> dict[str, str]:
        """Return the layout's name of each synonym."""
        return {other: column.name for column in self.columns for other in column.synonyms}


_PERSON = ListColumn("人员编号", "person.person_id", presence="value", synonyms=("个人编号", "参保人编号", "psn_no"))
_CLAIM = ListColumn(
    "结算流水号", "medical_claim.claim_id", presence="value", synonyms=("结算ID", "清单流水号", "setl_id")
)
_SEX = ListColumn("性别", "person.sex", synonyms=("gend",))
_BIRTH = ListColumn("出生日期", "person.birth_date", DATE, synonyms=("brdy",))
_INSURANCE = ListColumn("险种类型", "person.insurance_type", synonyms=("险种", "医保类型", "insutype"))
_REGION = ListColumn("参保地", "person.region", synonyms=("参保地区划", "参保所属医保区划", "insu_admdvs"))

SETTLEMENTS = ListFile(
    "settlement_row",
    "结算清单",
    (
        _CLAIM,
        _PERSON,
        _SEX,
        _BIRTH,
        _INSURANCE,
        _REGION,
        ListColumn(
            "医疗机构编码",
            "medical_claim.facility_id",
            presence="column",
            synonyms=("定点医疗机构编号", "定点医药机构编号", "fixmedins_code"),
        ),
        ListColumn("医疗机构等级", "medical_claim.facility_level", synonyms=("医院等级", "hosp_lv")),
        ListColumn("科别", "medical_claim.specialty", synonyms=("出院科别", "就诊科别", "dscg_caty")),
        ListColumn("医疗类别", "medical_claim.setting", presence="value", synonyms=("med_type",)),
        ListColumn("入院途径", "medical_claim.admission_source and admission_type", synonyms=("adm_way",)),
        ListColumn(
            "入院日期",
            "medical_claim.start_date (the visit of an outpatient)",
            DATE,
            "value",
            ("就诊日期", "开始日期", "begndate"),
        ),
        ListColumn(
            "出院日期", "medical_claim.end_date; blank for an outpatient", DATE, "column", ("结束日期", "enddate")
        ),
        ListColumn("结算日期", "available_date of all that the settlement carries", DATE, "value", ("setl_date",)),
        ListColumn("离院方式", "medical_claim.discharge_status; 5 person.death_date", synonyms=("dscg_way",)),
        ListColumn("主要诊断编码", "diagnosis.code, position 1", presence="column", synonyms=("主诊断编码",)),
        *(
            ListColumn(name, f"diagnosis.code, position {position}")
            for position, name in enumerate(OTHER_DIAGNOSES, start=2)
        ),
        ListColumn("主要手术操作编码", "procedure.code, position 1", synonyms=("主手术编码", "手术操作编码1")),
        *(
            ListColumn(name, f"procedure.code, position {position}")
            for position, name in enumerate(OTHER_PROCEDURES, start=2)
        ),
        ListColumn("手术操作日期", "procedure.date; blank: 出院日期", DATE, synonyms=("主要手术操作日期",)),
        ListColumn("DRG编码", "medical_claim.drg_code", synonyms=("DRG组编码", "分组编码", "drg_code")),
        ListColumn("总金额", "medical_claim.allowed_amount", AMOUNT, "value", ("医疗费总额", "medfee_sumamt")),
        ListColumn(
            "统筹基金支付", "medical_claim.paid_amount, summed", AMOUNT, "column", ("基本医疗保险统筹基金支付",)
        ),
        ListColumn("大病保险支付", "medical_claim.paid_amount, summed", AMOUNT),
        ListColumn("公务员医疗补助支付", "medical_claim.paid_amount, summed", AMOUNT),
        ListColumn("大额医疗费用补助支付", "medical_claim.paid_amount, summed", AMOUNT),
        ListColumn("医疗救助支付", "medical_claim.paid_amount, summed", AMOUNT),
        ListColumn("其他基金支付", "medical_claim.paid_amount, summed", AMOUNT),
        ListColumn("个人账户支付", "medical_claim.member_amount, summed", AMOUNT, synonyms=("acct_pay",)),
        ListColumn("个人现金支付", "medical_claim.member_amount, summed", AMOUNT, synonyms=("psn_cash_pay",)),
        ListColumn(
            "个人支付", "medical_claim.member_amount, in place of the two before", AMOUNT, synonyms=("个人负担",)
        ),
        ListColumn("冲正标志", "medical_claim.adjustment", presence="column", synonyms=("退费标志", "refd_setl_flag")),
        ListColumn(
            "原结算流水号", "medical_claim.adjustment, dates of a reversal", synonyms=("原结算ID", "init_setl_id")
        ),
    ),
    required=True,
)

MEMBERS = ListFile(
    "member_row",
    "参保信息",
    (
        _PERSON,
        _SEX,
        ListColumn("出生日期", "person.birth_date", DATE, "value", ("brdy",)),
        _INSURANCE,
        _REGION,
        ListColumn("城乡标志", "person.urban", synonyms=("户籍类型",)),
        ListColumn("参保开始日期", "enrollment.start_date", DATE, "value", ("开始日期", "begndate")),
        ListColumn("参保结束日期", "enrollment.end_date, the day after", DATE, "column", ("结束日期", "enddate")),
        ListColumn("签约团队编码", "enrollment.team_id"),
        ListColumn("签约机构编码", "enrollment.institution_id"),
        ListColumn("签约机构等级", "enrollment.institution_level"),
        ListColumn("死亡日期", "person.death_date", DATE),
    ),
)

DIAGNOSES = ListFile(
    "diagnosis_row",
    "诊断明细",
    (
        _CLAIM,
        ListColumn("诊断序号", "diagnosis.position, after those of the settlement", COUNT, "value"),
        ListColumn("诊断编码", "diagnosis.code", presence="value", synonyms=("疾病编码", "diag_code")),
    ),
)

DRUGS = ListFile(
    "drug_row",
    "处方明细",
    (
        ListColumn(
            "明细流水号", "pharmacy_claim.claim_id", presence="value", synonyms=("费用明细流水号", "feedetl_sn")
        ),
        ListColumn("结算流水号", "the settlement, its person and date", presence="value", synonyms=_CLAIM.synonyms),
        ListColumn("处方日期", "pharmacy_claim.fill_date; blank: 入院日期", DATE, "column", ("费用发生日期",)),
        ListColumn(
            "药品编码", "pharmacy_claim.drug_code; class of atc_code", synonyms=("医保药品编码", "med_list_codg")
        ),
        ListColumn("药品名称", "pharmacy_claim.atc_code by name", presence="value", synonyms=("通用名", "药品通用名")),
        ListColumn("ATC编码", "pharmacy_claim.atc_code", (r"[A-Z](\d\d([A-Z]([A-Z](\d\d)?)?)?)?", "an ATC code")),
        ListColumn("数量", "pharmacy_claim.quantity", NUMBER, "column"),
        ListColumn("用药天数", "pharmacy_claim.days_supply", COUNT, "column", ("处方天数", "周期天数", "prd_days")),
    ),
)

RESULTS = ListFile(
    "result_row",
    "检验结果",
    (
        ListColumn("检验流水号", "lab_result.record_id", presence="value", synonyms=("报告明细号",)),
        _PERSON,
        ListColumn("检验日期", "lab_result.date", DATE, "value", ("采样日期",)),
        ListColumn("报告日期", "lab_result.available_date; blank: 检验日期", DATE),
        ListColumn("检验项目", "lab_result.analyte by name", presence="value", synonyms=("检验项目名称", "项目名称")),
        ListColumn("结果", "lab_result.value", presence="column", synonyms=("结果值", "检验结果")),
        ListColumn("单位", "lab_result.unit", presence="column", synonyms=("结果单位",)),
    ),
)

FILES = (SETTLEMENTS, MEMBERS, DIAGNOSES, DRUGS, RESULTS)
