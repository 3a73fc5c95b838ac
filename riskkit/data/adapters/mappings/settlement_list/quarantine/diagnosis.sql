-- Diagnoses that are in no table, with the reason.
SELECT file, claim_id AS "结算流水号", slot, code, problem AS reason
FROM code
WHERE kind = 'diagnosis' AND problem IS NOT NULL
ORDER BY ALL
