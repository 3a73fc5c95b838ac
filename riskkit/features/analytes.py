"""Analytes: what each measurement is called, its unit, and the clinical group that it belongs to."""

from __future__ import annotations

ANALYTES = {
    "hba1c": ("HbA1c", "糖化血红蛋白", "glycaemia", "%"),
    "glucose": ("fasting glucose", "空腹血糖", "glycaemia", "mg/dL"),
    "creatinine": ("creatinine", "血肌酐", "kidney", "mg/dL"),
    "uacr": ("urine albumin-creatinine ratio", "尿白蛋白肌酐比", "kidney", "mg/g"),
    "ldl": ("LDL cholesterol", "低密度脂蛋白胆固醇", "heart", "mg/dL"),
    "systolic_bp": ("systolic blood pressure", "收缩压", "heart", "mmHg"),
    "bmi": ("body mass index", "体质指数", "demography", "kg/m2"),
}
"""Measured in every scheme: latest, mean, spread, variation, trend, count and days since."""

OTHER_ANALYTES = {
    "glucose_2h": ("glucose after 2 hours", "餐后2小时血糖", "glycaemia", "mg/dL"),
    "glycated_albumin": ("glycated albumin", "糖化白蛋白", "glycaemia", "%"),
    "fasting_insulin": ("fasting insulin", "空腹胰岛素", "glycaemia", "uU/mL"),
    "c_peptide": ("fasting C-peptide", "空腹C肽", "glycaemia", "ng/mL"),
    "egfr": ("reported eGFR", "报告的肾小球滤过率", "kidney", "mL/min/1.73m2"),
    "bun": ("blood urea nitrogen", "血尿素氮", "kidney", "mg/dL"),
    "uric_acid": ("uric acid", "血尿酸", "kidney", "mg/dL"),
    "hdl": ("HDL cholesterol", "高密度脂蛋白胆固醇", "heart", "mg/dL"),
    "total_cholesterol": ("total cholesterol", "总胆固醇", "heart", "mg/dL"),
    "triglycerides": ("triglycerides", "甘油三酯", "heart", "mg/dL"),
    "diastolic_bp": ("diastolic blood pressure", "舒张压", "heart", "mmHg"),
    "heart_rate": ("heart rate", "心率", "heart", "/min"),
    "waist": ("waist", "腰围", "demography", "cm"),
}
"""Measured where a source carries them: latest and mean."""

LIFESTYLE = {
    "smoking": ("smoking (0 never, 1 former, 2 current)", "吸烟(0从不,1已戒,2现在)", "level"),
    "smoking_pack_years": ("pack-years smoked", "吸烟包年数", "pack-years"),
    "alcohol": ("drinks alcohol", "饮酒", "flag"),
    "activity": ("physical activity", "体力活动", "min/week"),
    "polygenic_score": ("polygenic score", "多基因风险评分", "sd"),
}
"""Said or measured once in a while: the latest value of all the past."""
