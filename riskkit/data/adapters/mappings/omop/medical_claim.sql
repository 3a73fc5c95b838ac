-- One row per visit, with the costs of the visit and of its records.
WITH paid_for AS (
    SELECT visit_id, sum(allowed) AS allowed, sum(paid) AS paid, sum(patient) AS patient, max(drg_code) AS drg_code
    FROM charge WHERE problem IS NULL AND omitted IS NULL AND domain <> 'drug'
    GROUP BY visit_id
)
SELECT
    visit_id AS claim_id,
    person_id,
    setting,
    start_date,
    end_date,
    end_date AS available_date,
    facility_id,
    CAST(NULL AS INTEGER) AS facility_level,
    CAST(NULL AS VARCHAR) AS specialty,
    CAST(NULL AS VARCHAR) AS admission_type,
    admission_source,
    CAST(allowed AS DOUBLE) AS allowed_amount,
    CAST(paid AS DOUBLE) AS paid_amount,
    CAST(patient AS DOUBLE) AS member_amount,
    discharge_status,
    drg_code,
    CASE WHEN allowed < 0 OR patient < 0 OR paid + coalesce(patient, 0) < 0 THEN 'reversal' ELSE 'original' END AS adjustment
FROM sound_visit LEFT JOIN paid_for USING (visit_id)
ORDER BY claim_id
