-- Stay diagnoses at discharge, and each chronic flag of a year as a record of 31 December with one
-- representative ICD-9-CM code. CMS sets a flag by its case definition over the claims, so it is confirmed by itself.
WITH flag_code (position, flag, code) AS (
    VALUES
        (1, 'SP_ALZHDMTA', '3310'), (2, 'SP_CHF', '4280'), (3, 'SP_CHRNKIDN', '5859'), (4, 'SP_CNCR', '1991'),
        (5, 'SP_COPD', '496'), (6, 'SP_DEPRESSN', '311'), (7, 'SP_DIABETES', '25000'), (8, 'SP_ISCHMCHT', '4149'),
        (9, 'SP_OSTEOPRS', '73300'), (10, 'SP_RA_OA', '71590'), (11, 'SP_STRKETIA', '43491'),
        (12, 'BENE_ESRD_IND', '5856')
),
flag_value AS (
    UNPIVOT (
        SELECT person_id, year, BENE_ESRD_IND, COLUMNS('SP_.*') FROM beneficiary_year
    ) ON COLUMNS('SP_.*|BENE_ESRD_IND') INTO NAME flag VALUE value
),
stay_code AS (
    UNPIVOT (
        SELECT CLM_ID AS claim_id, COLUMNS('ICD9_DGNS_CD_.*') FROM claim_text WHERE SEGMENT = '1'
    ) ON COLUMNS('ICD9_DGNS_CD_.*') INTO NAME slot VALUE code
),
record AS (
    SELECT
        claim_id AS record_id, CAST(regexp_extract(slot, '\d+$') AS INTEGER) AS position, person_id, end_date AS date,
        code, 'inpatient' AS source
    FROM stay_code JOIN stay USING (claim_id)
    UNION ALL
    SELECT person_id || '-' || year || '-flags', position, person_id, make_date(year, 12, 31), code, 'case_definition'
    FROM flag_value JOIN flag_code USING (flag)
    WHERE value = CASE flag WHEN 'BENE_ESRD_IND' THEN 'Y' ELSE '1' END
)
SELECT record_id, position, person_id, date, date AS available_date, code, 'icd9cm' AS vocabulary, source
FROM record
ORDER BY record_id, position
