-- One typed row per line of 处方明细, with the first thing that is wrong with it, and its ATC code: the stated one; else
-- that of the one listed name which its name contains; else the class in positions 2 to 6 of a national drug code (X).
CREATE TEMP TABLE drug AS
WITH name_list AS (
    SELECT name, any_value(atc_code) AS atc_code FROM drug_list GROUP BY name HAVING count(*) = 1
),
found AS (
    SELECT stated.name AS stated, name_list.name AS listed, atc_code
    FROM (SELECT DISTINCT lower("药品名称") AS name FROM drug_row) AS stated
    JOIN name_list ON contains(stated.name, name_list.name)
),
named AS (
    SELECT stated, any_value(atc_code) AS atc_code
    FROM found AS one
    WHERE NOT EXISTS (
        FROM found AS other
        WHERE other.stated = one.stated AND other.listed <> one.listed AND contains(other.listed, one.listed)
    )
    GROUP BY stated
    HAVING count(DISTINCT atc_code) = 1
),
typed AS (
    SELECT
        drug_row.* EXCLUDE (problem),
        drug_row.problem AS bad_value,
        "明细流水号" AS line_id,
        row_number() OVER (PARTITION BY "明细流水号" ORDER BY drug_row.problem IS NOT NULL, file) AS copy,
        claim.claim_id, claim.person_id, claim.is_reversal,
        coalesce(CAST(try_strptime("处方日期", '%Y%m%d') AS DATE), claim.start_date) AS fill_date,
        claim.available_date,
        named.atc_code AS named_atc,
        CASE WHEN regexp_matches("药品编码", '^X[A-Z]\d\d[A-Z]{2}') THEN substr("药品编码", 2, 5) END AS class_atc,
        TRY_CAST("数量" AS DOUBLE) AS quantity,
        TRY_CAST("用药天数" AS INTEGER) AS days_supply
    FROM drug_row
    LEFT JOIN claim ON claim.claim_id = "结算流水号"
    LEFT JOIN named ON named.stated = lower("药品名称")
)
SELECT
    *,
    coalesce("ATC编码", named_atc, class_atc) AS atc_code,
    CASE
        WHEN bad_value IS NOT NULL THEN bad_value
        WHEN copy > 1 THEN '明细流水号: a second time'
        WHEN claim_id IS NULL THEN '结算流水号: no readable settlement'
        WHEN is_reversal THEN 'a line of a reversal; the line that it takes back stays'
        WHEN quantity < 0 THEN '数量: below 0, a return; the line that it takes back stays'
        WHEN fill_date > current_date THEN '处方日期: in the future'
    END AS problem
FROM typed
