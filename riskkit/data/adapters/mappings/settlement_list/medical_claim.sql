-- A claim per settlement: what all funds paid, what the member paid from account and in cash, and the total.
WITH department AS (
    SELECT
        claim_id,
        coalesce(exact.value, chapter.value) AS specialty
    FROM settlement
    LEFT JOIN word_list AS exact ON exact."column" = '科别' AND exact.word = regexp_replace("科别", '^(\d)', 'A\1')
    LEFT JOIN word_list AS chapter
        ON chapter."column" = '科别' AND chapter.word = left(regexp_replace("科别", '^(\d)', 'A\1'), 3)
    WHERE problem IS NULL
)
SELECT
    claim.claim_id,
    claim.person_id,
    claim.setting,
    claim.start_date,
    claim.end_date,
    claim.available_date,
    claim.facility_id,
    TRY_CAST(level.value AS INTEGER) AS facility_level,
    department.specialty,
    CASE WHEN claim.setting = 'inpatient' AND ("入院途径" = '1' OR "医疗类别" = '24') THEN 'emergency' END AS admission_type,
    CASE WHEN claim.setting = 'inpatient' THEN way_in.value END AS admission_source,
    CAST(claim.total AS DOUBLE) AS allowed_amount,
    CAST(claim.funds AS DOUBLE) AS paid_amount,
    CAST(claim.own AS DOUBLE) AS member_amount,
    way_out.value AS discharge_status,
    "DRG编码" AS drg_code,
    CASE
        WHEN claim.is_reversal THEN 'reversal'
        WHEN original_id IS NOT NULL THEN 'replacement'
        ELSE 'original'
    END AS adjustment
FROM claim
JOIN settlement ON settlement.claim_id = claim.claim_id AND settlement.problem IS NULL
JOIN department ON department.claim_id = claim.claim_id
LEFT JOIN word_list AS level ON level."column" = '医疗机构等级' AND level.word = "医疗机构等级"
LEFT JOIN word_list AS way_in ON way_in."column" = '入院途径' AND way_in.word = "入院途径"
LEFT JOIN word_list AS way_out ON way_out."column" = '离院方式' AND way_out.word = "离院方式"
ORDER BY claim.claim_id
