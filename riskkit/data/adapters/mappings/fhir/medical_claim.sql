-- Visits and stays.
SELECT
    claim_id, person_id, setting, start_date, end_date, available_date, facility_id, CAST(NULL AS INTEGER) AS facility_level,
    CAST(NULL AS VARCHAR) AS specialty, admission_type, admission_source, CAST(allowed_amount AS DOUBLE) AS allowed_amount,
    CAST(paid_amount AS DOUBLE) AS paid_amount, CAST(member_amount AS DOUBLE) AS member_amount, discharge_status,
    CAST(NULL AS VARCHAR) AS drg_code, adjustment
FROM claim
ORDER BY claim_id
