-- The start of a treatment as one fill on its day; what was filled afterwards is not in the register.
SELECT person_id || '-oral' AS claim_id, person_id, oral_drug AS fill_date, oral_drug AS available_date,
    CAST(NULL AS VARCHAR) AS drug_code, 'A10B' AS atc_code, CAST(NULL AS INTEGER) AS days_supply,
    CAST(NULL AS DOUBLE) AS quantity, CAST(NULL AS DOUBLE) AS allowed_amount, CAST(NULL AS DOUBLE) AS paid_amount
FROM register WHERE oral_drug IS NOT NULL
UNION ALL
SELECT person_id || '-insulin', person_id, insulin, insulin, NULL, 'A10A', NULL, NULL, NULL, NULL
FROM register WHERE insulin IS NOT NULL
ORDER BY claim_id
