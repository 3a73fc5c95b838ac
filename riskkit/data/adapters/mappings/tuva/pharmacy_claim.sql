-- One row per line; the layout carries NDC codes, for which there is no ATC class here.
SELECT
    claim_id || '-' || claim_line_number AS claim_id,
    person_id,
    CAST(dispensing_date AS DATE) AS fill_date,
    greatest(CAST(dispensing_date AS DATE), coalesce(CAST(paid_date AS DATE), CAST(dispensing_date AS DATE))) AS available_date,
    ndc_code AS drug_code,
    CAST(NULL AS VARCHAR) AS atc_code,
    TRY_CAST(days_supply AS INTEGER) AS days_supply,
    TRY_CAST(quantity AS DOUBLE) AS quantity,
    round(TRY_CAST(allowed_amount AS DOUBLE), 2) AS allowed_amount,
    round(TRY_CAST(paid_amount AS DOUBLE), 2) AS paid_amount
FROM pharmacy_line
ORDER BY claim_id
