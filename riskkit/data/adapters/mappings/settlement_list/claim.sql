-- The settlements that can be read. A reversal takes the setting and the days of the settlement that it names.
CREATE TEMP TABLE claim AS
SELECT
    line.claim_id, line.person_id, line.is_reversal, line."原结算流水号" AS original_id,
    original.claim_id IS NOT NULL AS original_known,
    coalesce(original.setting, line.setting) AS setting,
    coalesce(original.start_date, line.start_date) AS start_date,
    coalesce(original.end_date, line.end_date) AS end_date,
    greatest(line.settled_date, line.end_date, original.settled_date, original.end_date) AS available_date,
    line.settled_date,
    line."医疗机构编码" AS facility_id,
    line.sign * line.total AS total, line.sign * line.funds AS funds, line.sign * line.own AS own,
    line.sign * line.total + original.total AS left_over,
    line.sign
FROM settlement AS line
LEFT JOIN settlement AS original
    ON line.is_reversal AND original.claim_id = line."原结算流水号" AND original.problem IS NULL
    AND NOT original.is_reversal AND original.person_id = line.person_id
WHERE line.problem IS NULL
