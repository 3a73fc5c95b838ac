"""Columns of the Shanghai summary sheets and CGM traces, as their headers spell them."""

from __future__ import annotations

from riskkit.data.adapters.sheets import SheetField

SUMMARY_FILE = r"Shanghai_T[12]DM_Summary\.xlsx?"
TRACE_FILE = r"(\d+_\d+_\d{8})\.xlsx?"

ATTRIBUTES = (
    SheetField("visit_id", "Patient Number", required=True),
    SheetField("sex", "Gender (Female=1, Male=2)", required=True),
    SheetField("age", "Age (years)", required=True),
    SheetField("diabetes_type", "Type of Diabetes", required=True),
)
LISTS = (
    SheetField("acute", "Acute Diabetic Complications"),
    SheetField("macrovascular", "Diabetic Macrovascular Complications"),
    SheetField("microvascular", "Diabetic Microvascular Complications"),
    SheetField("comorbidity", "Comorbidities"),
    SheetField("hypoglycemic_agent", "Hypoglycemic Agents"),
    SheetField("other_agent", "Other Agents"),
    SheetField("hypoglycemia", "Hypoglycemia (yes/no)"),
    SheetField("alcohol", "Alcohol Drinking History (drinker/non-drinker)"),
)
NUMBERS = (
    SheetField("height_m", "Height (m)"),
    SheetField("weight_kg", "Weight (kg)"),
    SheetField("bmi", "BMI (kg/m2)"),
    SheetField("pack_years", "Smoking History (pack year)"),
    SheetField("duration_years", "Duration of Diabetes (years)"),
    SheetField("fasting_glucose", "Fasting Plasma Glucose (mg/dl)"),
    SheetField("fasting_glucose_mmol", "Fasting Plasma Glucose (mmol/L)"),
    SheetField("glucose_2h", "2-hour Postprandial Plasma Glucose (mg/dl)"),
    SheetField("glucose_2h_mmol", "2-hour Postprandial Plasma Glucose (mmol/L)"),
    SheetField("c_peptide", "Fasting C-peptide (nmol/L)"),
    SheetField("c_peptide_2h", "2-hour Postprandial C-peptide (nmol/L)"),
    SheetField("fasting_insulin", "Fasting Insulin (pmol/L)"),
    SheetField("insulin_2h", "2-hour Postprandial Insulin (pmol/L)"),
    SheetField("hba1c", "HbA1c (mmol/mol)"),
    SheetField("hba1c_percent", "HbA1c (%)"),
    SheetField("glycated_albumin", "Glycated Albumin (%)"),
    SheetField("total_cholesterol", "Total Cholesterol (mmol/L)"),
    SheetField("triglycerides", "Triglyceride (mmol/L)"),
    SheetField("hdl", "High-Density Lipoprotein Cholesterol (mmol/L)"),
    SheetField("ldl", "Low-Density Lipoprotein Cholesterol (mmol/L)"),
    SheetField("creatinine", "Creatinine (umol/L)"),
    SheetField("egfr", "Estimated Glomerular Filtration Rate (ml/min/1.73m2)"),
    SheetField("uric_acid", "Uric Acid (mmol/L)", r"uricacid\((m|u|μ)mol/l\)"),
    SheetField("bun", "Blood Urea Nitrogen (mmol/L)"),
)
SUMMARY = (*ATTRIBUTES, *LISTS, *NUMBERS)

TRACE = (
    SheetField("time", "Date", r"date(/?time)?|time|日期|时间|日期时间", required=True),
    SheetField("cgm", "CGM (mg / dl)"),
    SheetField("cgm_mmol", "CGM (mmol / L)"),
    SheetField("cbg", "CBG (mg / dl)"),
    SheetField("cbg_mmol", "CBG (mmol / L)"),
    SheetField("ketone", "Blood Ketone (mmol / L)"),
    SheetField("meal", "Dietary intake"),
    SheetField("meal_chinese", "饮食", "饮食|进食量"),
    SheetField("dose_subcutaneous", "Insulin dose - s.c.", r"insulindose-s\.c\.?"),
    SheetField("agent_dose", "Non-insulin hypoglycemic agents"),
    SheetField("dose_bolus", "CSII - bolus insulin (Novolin R, IU)", r"csii-bolusinsulin.*"),
    SheetField("dose_basal", "CSII - basal insulin (Novolin R, IU / H)", r"csii-basalinsulin.*"),
    SheetField("dose_intravenous", "Insulin dose - i.v.", r"insulindose-i\.v\.?"),
)

UNMAPPED = {
    "meal": "no canonical table for meals",
    "meal_chinese": "no canonical table for meals",
    "dose_subcutaneous": "no canonical table for single doses; the agents of the visit are in pharmacy_claim",
    "agent_dose": "no canonical table for single doses; the agents of the visit are in pharmacy_claim",
    "dose_bolus": "no canonical table for single doses",
    "dose_basal": "no canonical table for single doses",
    "dose_intravenous": "no canonical table for single doses",
}
"""Fields of a trace that have no place in the canonical tables, and why."""
