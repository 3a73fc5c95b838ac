-- Stay procedures; the layout gives no date of theirs, so the day of discharge.
WITH stay_code AS (
    UNPIVOT (
        SELECT CLM_ID AS claim_id, COLUMNS('ICD9_PRCDR_CD_.*') FROM claim_text WHERE SEGMENT = '1'
    ) ON COLUMNS('ICD9_PRCDR_CD_.*') INTO NAME slot VALUE code
)
SELECT
    claim_id, CAST(regexp_extract(slot, '\d+$') AS INTEGER) AS position, person_id, end_date AS date,
    end_date AS available_date, code, 'icd9cm' AS vocabulary
FROM stay_code JOIN stay USING (claim_id)
ORDER BY claim_id, position
