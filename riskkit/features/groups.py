"""Groups: which clinical group of features each complication and each category of the severity index belongs to."""

from __future__ import annotations

COMPLICATION_GROUPS = {
    "nephropathy": "kidney",
    "retinopathy": "eye",
    "neuropathy": "nerves",
    "cerebrovascular": "heart",
    "cardiovascular": "heart",
    "foot_pvd": "foot",
    "metabolic": "glycaemia",
    "hypoglycaemia": "glycaemia",
    "any_complication": "diagnoses",
}
DCSI_GROUPS = {
    "retinopathy": "eye",
    "nephropathy": "kidney",
    "neuropathy": "nerves",
    "cerebrovascular": "heart",
    "cardiovascular": "heart",
    "pvd": "foot",
    "metabolic": "glycaemia",
}
DCSI_MOST_POINTS = {
    "retinopathy": 2,
    "nephropathy": 2,
    "neuropathy": 1,
    "cerebrovascular": 2,
    "cardiovascular": 2,
    "pvd": 2,
    "metabolic": 2,
}
"""Most points of each category, 13 in all (METHODS 1, DCSI)."""
LAB_CONFIRMED = ("nephropathy", "dcsi_nephropathy", "dx_chronic_kidney", "dx_nephropathy")
"""Stems of the features of chronic kidney disease, which filtration rate or albuminuria confirm without a code."""
