-- Stays with their own money, and per person-year one 'summary' row per setting for annual dollars without claim lines.
-- Stays + inpatient summary = annual inpatient dollars, exactly.
WITH emitted AS (
    SELECT
        *,
        CASE WHEN is_credit THEN 0 ELSE paid END AS paid_out,
        CASE WHEN is_credit THEN 0 ELSE member END AS member_out,
        CASE WHEN is_credit THEN 0 ELSE other END AS other_out
    FROM stay
),
stay_year AS (
    SELECT person_id, year, sum(paid_out) AS paid, sum(member_out) AS member, sum(other_out) AS other
    FROM emitted
    GROUP BY person_id, year
),
annual AS (
    SELECT
        person_id, year, 'inpatient' AS setting,
        inpatient_paid - coalesce(paid, 0) AS paid,
        inpatient_member - coalesce(member, 0) AS member,
        inpatient_other - coalesce(other, 0) AS other
    FROM beneficiary_year LEFT JOIN stay_year USING (person_id, year)
    UNION ALL
    SELECT person_id, year, 'outpatient', outpatient_paid, outpatient_member, outpatient_other FROM beneficiary_year
    UNION ALL
    SELECT person_id, year, 'professional', professional_paid, professional_member, professional_other
    FROM beneficiary_year
),
line AS (
    SELECT
        claim_id, person_id, 'inpatient' AS setting, start_date, end_date, facility_id, drg_code,
        paid_out AS paid, member_out AS member, other_out AS other, 'original' AS adjustment
    FROM emitted
    UNION ALL
    SELECT
        person_id || '-' || year || '-' || setting, person_id, setting, make_date(year, 12, 31), make_date(year, 12, 31),
        NULL, NULL, paid, member, other, 'summary'
    FROM annual
    WHERE paid <> 0 OR member <> 0 OR other <> 0
)
SELECT
    claim_id,
    person_id,
    setting,
    start_date,
    end_date,
    end_date AS available_date,
    facility_id,
    CAST(NULL AS INTEGER) AS facility_level,
    CAST(NULL AS VARCHAR) AS specialty,
    CAST(NULL AS VARCHAR) AS admission_type,
    CAST(NULL AS VARCHAR) AS admission_source,
    CAST(paid + member + other AS DOUBLE) AS allowed_amount,
    CAST(paid AS DOUBLE) AS paid_amount,
    CAST(member AS DOUBLE) AS member_amount,
    CAST(NULL AS VARCHAR) AS discharge_status,
    drg_code,
    adjustment
FROM line
ORDER BY claim_id
