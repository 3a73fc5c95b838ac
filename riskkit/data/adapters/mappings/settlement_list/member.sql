-- One typed row per line of 参保信息, with the first thing that is wrong with it. A spell without an end is open to the
-- first of January after the last settlement, the end of what the extract can know; an end from 2090 on is none.
CREATE TEMP TABLE member AS
WITH horizon AS (
    SELECT make_date(coalesce(max(year(CAST(try_strptime("结算日期", '%Y%m%d') AS DATE))), year(current_date)) + 1, 1, 1)
        AS open_end
    FROM settlement_row WHERE problem IS NULL
),
typed AS (
    SELECT
        member_row.* EXCLUDE (problem),
        problem AS bad_value,
        "人员编号" AS person_id,
        CAST(try_strptime("参保开始日期", '%Y%m%d') AS DATE) AS start_date,
        CASE WHEN "参保结束日期" < '2090' THEN CAST(try_strptime("参保结束日期", '%Y%m%d') AS DATE) END AS last_day,
        CAST(try_strptime("出生日期", '%Y%m%d') AS DATE) AS birth_date,
        CAST(try_strptime("死亡日期", '%Y%m%d') AS DATE) AS death_date
    FROM member_row
)
SELECT
    typed.*,
    least(
        coalesce(last_day + 1, greatest(open_end, start_date + 1)),
        CASE WHEN death_date IS NOT NULL THEN greatest(death_date + 1, start_date) END
    ) AS end_date,
    CASE
        WHEN bad_value IS NOT NULL THEN bad_value
        WHEN last_day < start_date THEN '参保结束日期: before 参保开始日期'
        WHEN start_date > current_date THEN '参保开始日期: in the future'
        WHEN birth_date > current_date THEN '出生日期: in the future'
        WHEN death_date < start_date THEN '死亡日期: before 参保开始日期'
        WHEN death_date < birth_date THEN '死亡日期: before 出生日期'
        WHEN death_date > current_date THEN '死亡日期: in the future'
    END AS problem
FROM typed CROSS JOIN horizon
