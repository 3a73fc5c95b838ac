"""The words that coded columns of the canonical tables may hold."""

from __future__ import annotations

from typing import Literal, get_args

Setting = Literal["inpatient", "outpatient", "emergency", "chronic_clinic", "professional"]
SETTINGS: tuple[Setting, ...] = get_args(Setting)
REGISTERS = ("registry", "case_definition")
"""Sources of a diagnosis without a claim: an entry that somebody made, and what a rule found in many claims."""
VOCABULARIES = ("who_cn", "icd10cm", "icd9cm")
PROCEDURE_VOCABULARIES = ("icd9cm3", "icd10pcs", "hcpcs")
DRG_VOCABULARIES = ("chs_drg", "ms_drg")
LIST_VOCABULARIES = (*VOCABULARIES, *PROCEDURE_VOCABULARIES, *DRG_VOCABULARIES)
"""What a code list may hold: diagnoses, procedures and groups of stays."""
ADJUSTMENTS = ("original", "reversal", "replacement", "summary")
DISCHARGE_STATUSES = (
    *("home", "home_health", "transfer", "skilled_nursing", "rehabilitation", "long_term_care", "psychiatric"),
    *("hospice", "against_advice", "died", "other"),
)
ADMISSION_TYPES = ("emergency", "urgent", "elective", "newborn", "trauma")
ADMISSION_SOURCES = ("referral", "emergency_room", "transfer", "other")
SPECIALTIES = (
    *("internal_medicine", "general_practice", "emergency_medicine", "hospitalist", "pediatrics"),
    *("cardiology", "nephrology", "respiratory", "gastroenterology", "endocrinology", "neurology", "oncology"),
    *("surgery", "cardiac_surgery", "vascular_surgery", "neurosurgery", "orthopaedics", "urology"),
    *("ophthalmology", "obstetrics_gynecology", "psychiatry", "radiology", "rehabilitation", "other"),
)
CARE_EVENT_KINDS = ("follow_up", "eye_exam", "uacr_screen", "neuropathy_screen", "therapy_review", "education")
