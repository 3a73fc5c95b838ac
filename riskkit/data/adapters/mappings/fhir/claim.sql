-- What a visit or stay is: an explanation of benefits, a claim that none answers, or an encounter that neither names.
CREATE TEMP TABLE claim AS
WITH sound AS (
    SELECT * FROM bill WHERE problem IS NULL AND omitted IS NULL AND kind <> 'pharmacy'
)
SELECT
    type || '/' || id AS claim_id, person_id, encounter_id, seq, setting, start_date, end_date,
    greatest(created, end_date) AS available_date, facility_id, admission_type, admission_source, discharge_status,
    allowed_amount, paid_amount, member_amount, CASE WHEN replaces THEN 'replacement' ELSE 'original' END AS adjustment
FROM sound
UNION ALL
SELECT
    'Encounter/' || id, person_id, id, seq, setting, start_date, end_date, end_date, facility_id, admission_type,
    admission_source, discharge_status, NULL, NULL, NULL, 'original'
FROM encounter
WHERE problem IS NULL AND omitted IS NULL AND id NOT IN (SELECT encounter_id FROM sound WHERE encounter_id IS NOT NULL);
-- The one claim on which the records of an encounter stand.
CREATE TEMP TABLE visit AS
SELECT encounter_id, arg_min(claim, (setting = 'professional', claim_id)) AS claim
FROM claim
WHERE encounter_id IS NOT NULL
GROUP BY encounter_id
