"""Codebook: the diagnosis and procedure codes in which Chinese claims write down what the process did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from riskkit.data.synthetic.hazards import CAUSES

if TYPE_CHECKING:
    from riskkit.data.synthetic.records import IntArray

DIABETES = ("E11.900", "E11.900", "E11.900", "E11.900x001", "E11.9", "E14.900x001")

ORGAN_CODES: dict[tuple[str, int], tuple[str, ...]] = {
    ("nephropathy", 1): ("E11.201+N08.3*", "E11.200x001", "E11.2+N08.3*", "E11.200x023+N08.3*"),
    ("nephropathy", 2): ("N18.300", "N18.300", "N18.400", "N18.300x001+D63.8*"),
    ("retinopathy", 1): ("H36.000*", "H36.0*", "H36.000x001*"),
    ("retinopathy", 2): ("H36.000*", "H36.0*", "H36.000x001*"),
    ("neuropathy", 1): ("G63.200*", "G63.2*", "G63.200x001*"),
    ("cerebrovascular", 1): ("G45.900", "G45.900x001"),
    ("cerebrovascular", 2): ("I63.900", "I66.900x003", "I63.902", "I65.200"),
    ("cardiovascular", 1): ("I25.103", "I20.900", "I25.100x003", "I20.000"),
    ("cardiovascular", 2): ("I50.900", "I50.900x002", "I48.000", "I50.000"),
    ("foot", 1): ("E11.500x021+I79.2*", "E11.5+I79.2*", "E11.500"),
    ("foot", 2): ("L97.x00", "L97.x00", "L97.x00x001"),
}
"""Codes of each complication and stage; each alternative alone proves the complication."""
ORGAN_COMPANIONS: dict[tuple[str, int], tuple[str, ...]] = {
    ("nephropathy", 2): ("E11.201+N08.3*", "E11.200x001"),
    ("retinopathy", 1): ("E11.300x011+H36.0*", "E11.300", "E11.300x012+H36.0*"),
    ("retinopathy", 2): ("H33.000", "H43.100", "H43.100"),
    ("neuropathy", 1): ("E11.400x001", "E11.400", "E11.4+G63.2*"),
    ("foot", 2): ("E11.500x043", "E11.500x044"),
}
"""A second code that is written beside the first."""
COMORBIDITY_CODES: dict[str, tuple[str, ...]] = {
    "hypertension": ("I10.x00x002", "I10.x00", "I10.x00x002", "I10"),
    "copd": ("J44.900", "J44.900x003", "J42.x00"),
    "cancer": ("C34.900x001", "C18.900", "C50.900", "C16.900"),
    "liver": ("K74.600", "K74.600x003", "K76.000"),
    "mental": ("F32.900", "F32.901", "F03.x00", "F41.900"),
}
ACUTE = (
    "J06.900",
    "J20.900",
    "K29.500",
    "M54.500",
    "N39.000",
    "L30.900",
    "E78.500",
    "J18.900",
    "K52.900",
    "R42.x00x004",
)
EMERGENCY = ("R42.x00x001", "R07.400", "J18.900", "S01.900", "R10.400", "J20.900", "I10.x00x002", "T14.900")
HYPOGLYCAEMIA = ("E16.200", "E16.000x001", "E16.200")
DIALYSIS = ("Z49.101", "Z49.1")
END_STAGE = ("N18.500", "N18.500x001+D63.8*")
CAUSE_CODES: dict[str, tuple[str, ...]] = {
    "diabetes_control": ("E11.900", "E11.900x001", "E11.800", "E14.900x001"),
    "metabolic_crisis": ("E11.100", "E11.100x051", "E11.000x001"),
    "hypoglycaemia": HYPOGLYCAEMIA,
    "kidney": ("E11.201+N08.3*", "N18.300", "E11.200x023+N08.3*"),
    "eye": ("H36.000*", "H36.0*"),
    "nerve": ("G63.200*", "G63.2*"),
    "foot": ("E11.500x021+I79.2*", "L97.x00", "E11.500x044"),
    "stroke": ("I63.900", "I63.900x007", "I63.902", "I61.900x002"),
    "cardiac": ("I21.900", "I50.900", "I20.000", "I25.103"),
    "respiratory": ("J18.900", "J44.100", "J20.900"),
    "digestive": ("K29.500", "K80.001", "K52.900", "K92.200"),
    "cancer": ("C34.900x001", "C18.900", "C50.900"),
    "musculoskeletal": ("M17.000", "S72.000", "M81.000", "M51.200"),
    "other": ("N39.000", "A41.900", "L03.900", "H81.400", "N20.000"),
}
CAUSE_GROUPS = ("KS1", "KS1", "KT1", "LV1", "CX1", "BX2", "FW1", "BR2", "FR3", "ES3", "GW1", "ER1", "IU1", "LU1")
"""CHS-DRG adjacent group of each cause."""
CAUSE_SPECIALTIES = (
    "endocrinology",
    "endocrinology",
    "endocrinology",
    "nephrology",
    "ophthalmology",
    "endocrinology",
    "vascular_surgery",
    "neurology",
    "cardiology",
    "respiratory",
    "gastroenterology",
    "oncology",
    "orthopaedics",
    "internal_medicine",
)
CAUSE_PROCEDURES: dict[str, tuple[str, float]] = {
    "eye": ("14.7401", 0.5),
    "foot": ("84.1101", 0.15),
    "cardiac": ("36.0700x001", 0.25),
    "musculoskeletal": ("81.5400", 0.2),
    "cancer": ("99.2503", 0.4),
}
"""Procedure of a stay and its share (national edition of ICD-9-CM-3)."""
MAJOR_AMPUTATION = "84.1501"
DIALYSIS_PROCEDURE = "39.9500"


@dataclass(frozen=True)
class CodeLists:
    """Code lists as numbers: each list is a run within one long tuple of codes.

    Parameters
    ----------
    codes : tuple of str
        All codes.
    first, length : numpy.ndarray of shape (n_lists,)
        Where each list begins, and how long it is.
    """

    codes: tuple[str, ...]
    first: IntArray
    length: IntArray

    def draw(self, lists: IntArray, rng: np.random.Generator) -> IntArray:
        """Draw one code from each list.

        Parameters
        ----------
        lists : numpy.ndarray of shape (n,)
            List numbers.
        rng : numpy.random.Generator
            Source of randomness.

        Returns
        -------
        numpy.ndarray of shape (n,)
            Places in `codes`.
        """
        step = np.floor(rng.random(len(lists)) * self.length[lists]).astype("int64")
        return np.asarray(self.first[lists] + step)


_LISTS: dict[str, tuple[str, ...]] = {
    "diabetes": DIABETES,
    "acute": ACUTE,
    "emergency": EMERGENCY,
    "hypoglycaemia": HYPOGLYCAEMIA,
    "dialysis": DIALYSIS,
    "end_stage": END_STAGE,
    **{f"cause {name}": CAUSE_CODES[name] for name in CAUSES},
    **{f"organ {name} {stage}": codes for (name, stage), codes in ORGAN_CODES.items()},
    **{f"companion {name} {stage}": codes for (name, stage), codes in ORGAN_COMPANIONS.items()},
    **{f"comorbid {name}": codes for name, codes in COMORBIDITY_CODES.items()},
}
LIST_NUMBERS = {name: number for number, name in enumerate(_LISTS)}
LENGTHS = np.array([len(codes) for codes in _LISTS.values()])
BOOK = CodeLists(
    codes=tuple(code for codes in _LISTS.values() for code in codes),
    first=np.concatenate([[0], np.cumsum(LENGTHS)[:-1]]),
    length=LENGTHS,
)
"""The whole codebook."""
