-- A row per agent that a visit names, dated on its day; a drug that is on no list keeps its name and has no ATC code.
-- Supply is not stated.
WITH agent AS (
    SELECT DISTINCT visit_id, person_id, date, folded, atc_code
    FROM item LEFT JOIN drug_list ON drug_list.name = item.folded
    WHERE field IN ('hypoglycemic_agent', 'other_agent')
)
SELECT
    visit_id || '-' || row_number() OVER (PARTITION BY visit_id ORDER BY folded, atc_code) AS claim_id,
    person_id,
    date AS fill_date,
    date AS available_date,
    folded AS drug_code,
    atc_code,
    CAST(NULL AS INTEGER) AS days_supply,
    CAST(NULL AS DOUBLE) AS quantity,
    CAST(NULL AS DOUBLE) AS allowed_amount,
    CAST(NULL AS DOUBLE) AS paid_amount
FROM agent
ORDER BY claim_id
