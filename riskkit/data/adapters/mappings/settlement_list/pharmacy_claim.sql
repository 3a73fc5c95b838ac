-- Drug lines without amounts, which are in the total of their settlement already.
SELECT
    line_id AS claim_id,
    person_id,
    fill_date,
    greatest(available_date, fill_date) AS available_date,
    coalesce("药品编码", "药品名称") AS drug_code,
    atc_code,
    CASE WHEN days_supply <= 400 THEN days_supply END AS days_supply,
    quantity,
    CAST(NULL AS DOUBLE) AS allowed_amount,
    CAST(NULL AS DOUBLE) AS paid_amount
FROM drug
WHERE problem IS NULL
ORDER BY claim_id
