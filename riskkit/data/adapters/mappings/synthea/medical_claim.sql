-- One row per encounter.
SELECT
    visit_id AS claim_id,
    v.person_id,
    setting,
    start_date,
    end_date,
    end_date AS available_date,
    facility_id,
    CAST(NULL AS INTEGER) AS facility_level,
    CAST(NULL AS VARCHAR) AS specialty,
    CAST(NULL AS VARCHAR) AS admission_type,
    CAST(NULL AS VARCHAR) AS admission_source,
    CAST(charged AS DOUBLE) AS allowed_amount,
    CAST(coalesce(insurer, CASE WHEN charged IS NOT NULL THEN 0 END) AS DOUBLE) AS paid_amount,
    CAST(coalesce(patient, CASE WHEN charged IS NOT NULL THEN 0 END) AS DOUBLE) AS member_amount,
    CASE WHEN setting = 'inpatient' AND CAST(left(p.DEATHDATE, 10) AS DATE) <= end_date THEN 'died' END AS discharge_status,
    CAST(NULL AS VARCHAR) AS drg_code,
    'original' AS adjustment
FROM visit AS v JOIN patient_text AS p ON p.Id = v.person_id
ORDER BY claim_id
