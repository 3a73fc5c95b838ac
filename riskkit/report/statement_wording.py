"""The wording of a statement, in English and Chinese: titles, sections and what each line says."""

from __future__ import annotations

from typing import Final, Literal

Language = Literal["en", "zh"]
LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh")

TITLES: Final[dict[str, tuple[str, str]]] = {
    "statement": ("Settlement statement", "结算单"),
    "summary": ("Settlement of the year", "年度结算汇总"),
    "fund_total": ("All teams", "合计"),
    "prepaid_minor": ("Prepaid", "预付"),
    "actual_minor": ("Cost", "实际费用"),
    "surplus_minor": ("Surplus (below 0: overspend)", "结余（负数为超支）"),
    "ceded_minor": ("Taken over by the fund (stop-loss)", "基金承担高额费用（止损）"),
    "retained_minor": ("Retained", "团队留用"),
    "returned_minor": ("Returned", "退回基金"),
    "borne_team_minor": ("Borne by the team", "团队承担"),
    "borne_fund_minor": ("Borne by the fund", "基金承担"),
    "borne_treasury_minor": ("Borne by the treasury", "财政承担"),
    "released_minor": ("Withhold released", "兑现预留金"),
    "bonus_minor": ("For results", "绩效奖励"),
    "net_minor": ("Paid to the team (below 0: owed)", "应付团队（负数为应缴）"),
    "net_minor:prepaid": ("Topped up (below 0: returned)", "补付团队（负数为退回）"),
    "team": ("Team", "团队"),
    "policy": ("Policy", "政策"),
    "reference": ("Source", "依据"),
    "effective": ("In force from", "生效日期"),
    "currency": ("Currency", "币种"),
    "luck": ("Chance of a result this far from 0 by luck of the panel alone", "仅因样本偶然性出现此结果的概率"),
    "year": ("Year", "结算年度"),
    "lives": ("Members", "成员人数"),
    "known_by": ("Claims count if known by", "费用截止日"),
    "thin": ("Thin panel", "小样本团队"),
    "thin_below": ("fewer than {lives:,} members: one year alone is uncertain", "少于{lives:,}人：单年结果不确定性大"),
    "early": ("{day} (after the year began)", "{day}（晚于结算年度首日）"),
    "in_full": ("In full", "全额"),
    "counted_share": ("Counted: {share}", "计入{share}"),
    "how": ("How it comes about", "计算方法"),
    "pays": ("{amount} is paid to the team.", "应付团队{amount}。"),
    "owes": ("The team owes {amount}.", "团队应缴{amount}。"),
    "pays:prepaid": ("{amount} is paid to the team on top of what was prepaid.", "在预付之外补付团队{amount}。"),
    "owes:prepaid": ("The team returns {amount} of what was prepaid.", "团队从预付中退回{amount}。"),
    "even": ("Nothing is paid and nothing is owed.", "双方均无须支付。"),
    "claims": ("Where the claims of the year stand", "年度费用去向"),
    "claims_of_teams": ("In the accounts of the teams", "计入各团队"),
    "joined_without_a_rate": ("Of members who joined and have no rate: the fund", "新签约但无费率成员：基金承担"),
    "without_a_rate": ("Of persons without a rate: the fund", "无费率人员：基金承担"),
    "without_a_team": ("Of members on days in no team: the fund", "成员未签约期间：基金承担"),
    "claims_of_year": ("All claims known at the run-out date", "截止日已知全部费用"),
    "line": ("Line", "序号"),
    "text": ("What it says", "说明"),
    "basis": ("Basis", "基数"),
    "rate": ("Rate or number", "比例或数量"),
    "amount": ("Amount", "金额"),
    "proof": ("It adds up", "核对"),
    "prepaid": ("Prepaid", "预付"),
    "cost": ("Cost", "实际费用"),
    "retained": ("Retained", "留用"),
    "returned": ("Returned", "退回"),
    "account": ("The year's account", "年度收支"),
    "surplus": ("Surplus", "结余"),
    "overspend": ("Overspend", "超支"),
    "withhold": ("Withhold", "预留绩效资金"),
    "bonus": ("Payments for results", "绩效奖励"),
    "net": ("Result", "结果"),
    "distribution": ("Handed on to the institutions", "机构分配"),
    "uses": ("Of which for", "其中用途"),
}

ITEMS: Final[dict[str, tuple[str, str]]] = {
    "prepaid_rated": (
        "Prepaid for members rated as the year began, by days enrolled",
        "年初已定费率成员的预付（按在册天数折算）",
    ),
    "prepaid_joined": (
        "Prepaid for {detail} newly joined members without a rate of their own, by days enrolled",
        "新签约（未单独定费率）{detail}人的预付（按在册天数折算）",
    ),
    "prepaid": ("Prepaid for the year", "年度预付"),
    "paid": ("Claims of the year known at the run-out date", "截止日已知的年度费用"),
    "counted": (
        "Claims of the year known at the run-out date, in full (basis), times the share that counts",
        "截止日已知的年度费用全额（基数）乘以计入比例",
    ),
    "completion": ("Open claims still to come (completion)", "未达账费用估计（完成因子）"),
    "ceded": ("Taken over by the fund (stop-loss)", "基金承担的高额费用（止损）"),
    "actual": ("Cost of the members in the year", "参保人年度实际费用"),
    "surplus:account": ("Surplus: prepaid less cost, and its share of prepaid", "结余：预付减实际费用，及占预付比例"),
    "overspend:account": (
        "Overspend: cost above prepaid, and its share of prepaid",
        "超支：实际费用高于预付，及占预付比例",
    ),
    "pool_quality": (
        "Too small to be scored: the mean of all teams counts as quality score, {detail}",
        "样本过小无法评分：按全部团队平均质量得分{detail}计",
    ),
    "minimum_reached": (
        "Minimum rate reached (it takes the basis): shared from the first unit",
        "达到最低起算率（起算额为基数）：自首元起分享",
    ),
    "minimum_missed": (
        "Minimum rate not reached (it takes the basis): nothing is shared",
        "未达到最低起算率（起算额为基数）：不分享",
    ),
    "nothing_shared": ("The policy shares nothing here", "此项不参与分享"),
    "given_share": ("Final share rate of the contract", "合同最终分享比例"),
    "band": ("Part of the difference in this band, times the team's share", "本档差额乘以团队比例"),
    "quality_factor": ("Adjusted to the quality score of {detail}", "按质量得分{detail}调整"),
    "quality_gate": (
        "Quality score of {detail} is below the gate: nothing is retained",
        "质量得分{detail}未达门槛：不留用",
    ),
    "sequestration": ("Sequestration", "法定扣减"),
    "cap": ("Held to the limit", "按上限封顶"),
    "cause": ("Team's part of an overspend with cause: {detail}", "超支原因（{detail}）下团队承担部分"),
    "loss_share": (
        "Share of losses: one less the share of savings, within its bounds",
        "亏损分担比例：1减分享比例，限于上下界",
    ),
    "retained": ("The team retains", "团队留用"),
    "returned": ("Returned to the fund", "退回基金"),
    "borne": ("Borne by: {detail}", "承担方：{detail}"),
    "withheld": ("Withheld from what was prepaid", "从预付中预留"),
    "released": ("Released by results", "按绩效兑现"),
    "forfeited": ("Not released", "未兑现"),
    "bonus_base": ("{detail}: base", "{detail}：基础额"),
    "bonus_base_share": ("{detail}: base", "{detail}：基础额"),
    "bonus_step": ("{detail}: steps reached", "{detail}：提升档数"),
    "bonus_met": ("{detail}: all targets met", "{detail}：目标全部达成"),
    "bonus_missed": ("{detail}: a target was missed", "{detail}：有目标未达成"),
    "bonus_met_heads": ("{detail}: all targets met, per head", "{detail}：目标全部达成，按人"),
    "bonus_missed_heads": ("{detail}: a target was missed, per head", "{detail}：有目标未达成，按人"),
    "bonus_fall": ("{detail}: for the fall of the rate", "{detail}：比率下降奖励"),
    "bonus_event": ("{detail}: per event", "{detail}：按例奖励"),
    "bonus_member": ("{detail}: paid to members, not to the team", "{detail}：付给参保人，不计入团队"),
    "bonus_grade": ("{detail}: for the grade", "{detail}：等级奖励"),
    "part": ("Part of {detail} in what the team retains", "{detail}所得留用部分"),
    "use": ("{detail}", "{detail}"),
    "net": ("Paid to the team at settlement (below 0: owed by the team)", "结算应付团队（负数为团队应缴）"),
    "net:prepaid": (
        "Paid to the team on top of what was prepaid (below 0: returned by the team)",
        "在预付之外补付团队（负数为团队退回）",
    ),
}

NAMES: Final[dict[str, tuple[str, str]]] = {
    "team": ("the team", "团队"),
    "fund": ("the fund", "医保基金"),
    "treasury": ("the treasury", "财政"),
    "quality": ("better care", "质量提升"),
    "force_majeure": ("force majeure", "不可抗力"),
    "emergency": ("emergency", "突发情况"),
    "control": ("control rate", "控制率"),
    "high_risk": ("high-risk members", "高风险患者"),
    "readmission": ("readmission", "再住院"),
    "remission": ("remission", "血糖转阴"),
    "grade": ("assessment grade", "考核等级"),
    "first_contact": ("first contact", "首诊率"),
    "precision": ("precision metrics", "精准指标"),
    "log": ("self-monitoring log", "监测日志"),
}


def say_title(key: str, language: Language) -> str:
    """Say a title.

    Parameters
    ----------
    key : str
        Key of the title.
    language : {"en", "zh"}
        The language.

    Returns
    -------
    str
        Its text.
    """
    return TITLES[key][LANGUAGES.index(language)]


def say_item(section: str, item: str, detail: str, language: Language) -> str:
    """Say what a line of a statement says.

    Parameters
    ----------
    section, item, detail : str
        Section, code and detail of the line.
    language : {"en", "zh"}
        The language.

    Returns
    -------
    str
        Its text; a name that has no wording stands as it is.

    Examples
    --------
    >>> say_item("overspend", "borne", "fund", "en")
    'Borne by: the fund'
    """
    at = LANGUAGES.index(language)
    texts = ITEMS.get(f"{item}:{section}") or ITEMS.get(f"{item}:{detail}") or ITEMS[item]
    name = NAMES.get(detail, (detail, detail))[at]
    return texts[at].format(detail=name)
