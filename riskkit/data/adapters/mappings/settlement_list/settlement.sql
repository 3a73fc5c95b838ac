-- One typed row per line of 结算清单, with the first thing that is wrong with it. 冲正标志 or a negative 总金额 makes a
-- reversal, whose amounts are below zero whichever way they were written.
CREATE TEMP TABLE settlement AS
WITH counted AS (
    SELECT *, hash(*COLUMNS(* EXCLUDE (file))) AS content FROM settlement_row
),
typed AS (
    SELECT
        counted.* EXCLUDE (problem, content),
        problem AS bad_value,
        "结算流水号" AS claim_id,
        "人员编号" AS person_id,
        row_number() OVER (PARTITION BY "结算流水号" ORDER BY file, content) AS copy,
        min(content) OVER (PARTITION BY "结算流水号") <> max(content) OVER (PARTITION BY "结算流水号") AS differs,
        setting.value AS setting,
        CAST(try_strptime("入院日期", '%Y%m%d') AS DATE) AS start_date,
        coalesce(
            CAST(try_strptime("出院日期", '%Y%m%d') AS DATE),
            CASE WHEN setting.value <> 'inpatient' THEN CAST(try_strptime("入院日期", '%Y%m%d') AS DATE) END
        ) AS end_date,
        CAST(try_strptime("结算日期", '%Y%m%d') AS DATE) AS settled_date,
        max(CAST(try_strptime("出生日期", '%Y%m%d') AS DATE)) OVER (PARTITION BY "人员编号") AS birth_date,
        TRY_CAST("总金额" AS DECIMAL(18, 4)) AS total,
        -- Blank in every fund is not known; blank in some is nothing from those.
        list_sum(list_transform(
            [
                "统筹基金支付", "大病保险支付", "公务员医疗补助支付", "大额医疗费用补助支付", "医疗救助支付", "其他基金支付"
            ],
            lambda part: TRY_CAST(part AS DECIMAL(18, 4))
        )) AS funds,
        coalesce(
            TRY_CAST("个人支付" AS DECIMAL(18, 4)),
            list_sum(list_transform(["个人账户支付", "个人现金支付"], lambda part: TRY_CAST(part AS DECIMAL(18, 4))))
        ) AS own,
        least(
            total, TRY_CAST("统筹基金支付" AS DECIMAL(18, 4)), TRY_CAST("大病保险支付" AS DECIMAL(18, 4)),
            TRY_CAST("公务员医疗补助支付" AS DECIMAL(18, 4)), TRY_CAST("大额医疗费用补助支付" AS DECIMAL(18, 4)),
            TRY_CAST("医疗救助支付" AS DECIMAL(18, 4)), TRY_CAST("其他基金支付" AS DECIMAL(18, 4)),
            TRY_CAST("个人账户支付" AS DECIMAL(18, 4)), TRY_CAST("个人现金支付" AS DECIMAL(18, 4)),
            TRY_CAST("个人支付" AS DECIMAL(18, 4))
        ) AS lowest,
        coalesce(flag.value = 'true', FALSE) OR coalesce(total < 0, FALSE) AS is_reversal,
        CASE WHEN is_reversal AND total > 0 THEN -1 ELSE 1 END AS sign
    FROM counted
    LEFT JOIN word_list AS setting ON setting."column" = '医疗类别' AND setting.word = "医疗类别"
    LEFT JOIN word_list AS flag ON flag."column" = '冲正标志' AND flag.word = "冲正标志"
)
SELECT
    *,
    CASE
        WHEN bad_value IS NOT NULL THEN bad_value
        WHEN differs THEN '结算流水号: several rows that differ'
        WHEN copy > 1 THEN 'the same row again'
        WHEN setting IS NULL THEN '医疗类别: not in the list'
        WHEN "冲正标志" NOT IN (SELECT word FROM word_list WHERE "column" = '冲正标志')
            THEN '冲正标志: not in the list'
        WHEN end_date IS NULL THEN '出院日期: none for a stay'
        WHEN end_date < start_date THEN '出院日期: before 入院日期'
        WHEN end_date > current_date THEN '出院日期: in the future'
        WHEN coalesce(birth_date, member.born) IS NULL THEN '出生日期: in no row of the person'
        WHEN coalesce(member.born, birth_date) > start_date THEN '出生日期: after 入院日期'
        WHEN lowest < 0 AND NOT is_reversal THEN 'a negative part of a settlement that is no reversal'
    END AS problem
FROM typed
LEFT JOIN (
    SELECT member.person_id AS member_id, max(member.birth_date) AS born FROM member WHERE problem IS NULL GROUP BY 1
) AS member ON member_id = person_id
