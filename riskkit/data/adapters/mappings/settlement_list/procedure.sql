-- Operations, on 手术操作日期 where it lies within the stay, else at discharge. The insurance codes extend ICD-9-CM-3.
SELECT
    code.claim_id, code.position, code.person_id,
    CASE WHEN stated.date BETWEEN code.start_date AND code.end_date THEN stated.date ELSE code.end_date END AS date,
    code.available_date, code.code, 'icd9cm' AS vocabulary
FROM code
JOIN (
    SELECT claim_id, CAST(try_strptime("手术操作日期", '%Y%m%d') AS DATE) AS date FROM settlement WHERE problem IS NULL
) AS stated USING (claim_id)
WHERE kind = 'procedure' AND problem IS NULL
ORDER BY claim_id, position
