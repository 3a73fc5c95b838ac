-- Operations that are in no table, with the reason.
SELECT file, claim_id AS "结算流水号", slot, code, problem AS reason
FROM code
WHERE kind = 'procedure' AND problem IS NOT NULL
ORDER BY ALL
