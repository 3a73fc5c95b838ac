-- Lines of claims that cannot be one claim of one member on a day.
SELECT claim_line.*, CASE WHEN persons > 1 THEN 'claim_id: of more than one member' ELSE 'claim: without a date' END AS reason
FROM claim_line JOIN (SELECT claim_id, persons, start_date FROM claim) USING (claim_id)
WHERE persons > 1 OR start_date IS NULL
ORDER BY claim_id, claim_line_number
