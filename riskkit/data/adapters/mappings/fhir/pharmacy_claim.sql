-- Fills. Where there is no dispense, a prescription stands for one.
SELECT
    type || '/' || id AS claim_id, person_id, fill_date, available_date, drug_code, atc_code, days_supply, quantity,
    CAST(allowed_amount AS DOUBLE) AS allowed_amount, CAST(paid_amount AS DOUBLE) AS paid_amount
FROM fill
WHERE problem IS NULL AND omitted IS NULL
ORDER BY claim_id
