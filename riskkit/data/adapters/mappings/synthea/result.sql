-- Observations with their analyte and number; smoking is a word that stands for a level.
CREATE TEMP TABLE result AS
SELECT
    o.PATIENT || '-' || o.DATE || '-' || o.CODE AS record_id,
    o.PATIENT AS person_id,
    CAST(left(o.DATE, 10) AS DATE) AS date,
    CASE WHEN o.CODE = '72166-2' THEN 'smoking' ELSE coalesce(t.analyte, 'loinc_' || replace(o.CODE, '-', '_')) END AS analyte,
    CASE
        WHEN o.CODE <> '72166-2' THEN TRY_CAST(o.VALUE AS DOUBLE)
        WHEN o.VALUE ILIKE 'never%' THEN 0
        WHEN o.VALUE ILIKE 'former%' THEN 1
        WHEN o.VALUE ILIKE '%smoke%' THEN 2
    END AS value,
    CASE WHEN o.CODE = '72166-2' THEN 'level' WHEN t.analyte = 'egfr' THEN 'mL/min/1.73m2'
        ELSE coalesce(replace(o.UNITS, 'mm[Hg]', 'mmHg'), t.unit, 'none') END AS unit,
    o.CODE AS code,
    o.DESCRIPTION AS description
FROM observation_text AS o LEFT JOIN loinc_analytes AS t ON t.loinc = o.CODE
