-- Claims from their lines. Institutional lines repeat the claim's payment, so an amount that is the same on every line is
-- counted once; professional lines carry their own and are summed. Where no line has an allowed amount it is taken as
-- the payment and the member's parts.
CREATE TEMP TABLE claim AS
WITH line AS (
    SELECT
        *,
        CAST(round(TRY_CAST(paid_amount AS DOUBLE), 2) AS DECIMAL(18, 2)) AS paid,
        CAST(round(TRY_CAST(coalesce(allowed_amount, total_cost_amount) AS DOUBLE), 2) AS DECIMAL(18, 2)) AS allowed,
        CAST(round(coalesce(TRY_CAST(coinsurance_amount AS DOUBLE), 0) + coalesce(TRY_CAST(copayment_amount AS DOUBLE), 0)
            + coalesce(TRY_CAST(deductible_amount AS DOUBLE), 0), 2) AS DECIMAL(18, 2)) AS member
    FROM claim_line
),
folded AS (
    SELECT
        claim_id,
        any_value(person_id) AS person_id,
        count(DISTINCT person_id) AS persons,
        any_value(claim_type) AS claim_type,
        min(coalesce(admission_date, claim_start_date, claim_line_start_date)) AS first_day,
        max(coalesce(discharge_date, claim_end_date, claim_line_end_date, claim_start_date)) AS last_day,
        max(paid_date) AS paid_day,
        any_value(facility_npi) AS facility_id,
        max(bill_type_code) AS bill_type,
        bool_or(revenue_center_code LIKE '045%') AS has_emergency,
        max(admit_type_code) AS admit_type,
        max(admit_source_code) AS admit_source,
        max(discharge_disposition_code) AS disposition,
        max(coalesce(drg_code, ms_drg_code)) AS drg_code,
        count(*) AS lines,
        any_value(claim_type) = 'institutional' AND count(*) > 1 AND count(paid) = count(*) AND count(DISTINCT paid) = 1
            AS is_repeated,
        CASE WHEN any_value(claim_type) = 'institutional' AND count(paid) = count(*) AND count(DISTINCT paid) = 1
            THEN max(paid) ELSE sum(paid) END AS paid,
        sum(allowed) AS allowed,
        sum(member) AS member
    FROM line
    GROUP BY claim_id
)
SELECT
    *,
    CASE
        WHEN claim_type = 'professional' THEN 'professional'
        WHEN bill_type LIKE '11%' THEN 'inpatient'
        WHEN has_emergency THEN 'emergency'
        ELSE 'outpatient'
    END AS setting,
    CASE
        WHEN bill_type LIKE '__8' OR coalesce(paid, 0) < 0 OR coalesce(allowed, 0) < 0 THEN 'reversal'
        WHEN bill_type LIKE '__7' THEN 'replacement'
        ELSE 'original'
    END AS adjustment,
    TRY_CAST(first_day AS DATE) AS start_date,
    TRY_CAST(last_day AS DATE) AS end_date,
    coalesce(TRY_CAST(paid_day AS DATE), TRY_CAST(last_day AS DATE)) AS known_date
FROM folded
