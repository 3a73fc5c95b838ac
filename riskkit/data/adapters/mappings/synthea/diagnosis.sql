-- Conditions that the term map knows; a concept with several codes keeps them all.
SELECT
    c.ENCOUNTER AS record_id,
    row_number() OVER (PARTITION BY c.ENCOUNTER ORDER BY c.START, c.CODE, s.icd10cm) AS position,
    c.PATIENT AS person_id,
    CAST(left(c.START, 10) AS DATE) AS date,
    greatest(CAST(left(c.START, 10) AS DATE), v.end_date) AS available_date,
    s.icd10cm AS code,
    'icd10cm' AS vocabulary,
    v.setting AS source
FROM condition_text AS c
JOIN snomed_icd10cm AS s ON s.snomed = c.CODE
JOIN visit AS v ON v.visit_id = c.ENCOUNTER
ORDER BY record_id, position
