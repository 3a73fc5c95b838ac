-- One row per drug exposure, with its own costs.
WITH paid_for AS (
    SELECT event_id, sum(allowed) AS allowed, sum(paid) AS paid
    FROM charge WHERE problem IS NULL AND omitted IS NULL AND domain = 'drug'
    GROUP BY event_id
)
SELECT
    row_id AS claim_id, person_id, date AS fill_date, date AS available_date, drug_code, atc_code, days_supply, quantity,
    CAST(allowed AS DOUBLE) AS allowed_amount, CAST(paid AS DOUBLE) AS paid_amount
FROM fill LEFT JOIN paid_for ON event_id = row_id
WHERE problem IS NULL
ORDER BY claim_id
