SELECT
    p.ENCOUNTER AS claim_id,
    row_number() OVER (PARTITION BY p.ENCOUNTER ORDER BY p.START, p.CODE) AS position,
    p.PATIENT AS person_id,
    CAST(left(p.START, 10) AS DATE) AS date,
    greatest(CAST(left(p.START, 10) AS DATE), v.end_date) AS available_date,
    p.CODE AS code,
    'snomed' AS vocabulary
FROM procedure_text AS p JOIN visit AS v ON v.visit_id = p.ENCOUNTER
ORDER BY claim_id, position
