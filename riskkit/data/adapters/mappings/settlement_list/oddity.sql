-- What needed a decision or found no place, with its count.
CREATE TEMP TABLE oddity AS
WITH coded AS (
    UNPIVOT (
        SELECT "性别", "险种类型", "医疗机构等级", regexp_replace("科别", '^(\d)', 'A\1') AS "科别", "入院途径", "离院方式"
        FROM settlement WHERE problem IS NULL
    ) ON * INTO NAME column_name VALUE word
    UNION ALL
    UNPIVOT (
        SELECT "性别", "险种类型", "城乡标志", "签约机构等级" AS "医疗机构等级" FROM member WHERE problem IS NULL
    ) ON * INTO NAME column_name VALUE word
)
SELECT 1 AS part, column_name || ' ' || word AS what, count(*) AS number,
    'a word that is not in the list; left empty' AS reason
FROM coded
WHERE
    (column_name, word) NOT IN (SELECT ("column", word) FROM word_list)
    AND NOT (column_name = '科别' AND left(word, 3) IN (SELECT word FROM word_list WHERE "column" = '科别'))
GROUP BY 2
UNION ALL
SELECT 2, '医疗类别 ' || "医疗类别", count(*), 'a word that is not in the list; the settlement is set aside'
FROM settlement WHERE problem = '医疗类别: not in the list' GROUP BY 2
UNION ALL
SELECT 3, '药品名称 ' || "药品名称", count(*), 'no ATC code by name, nor a class in its 药品编码; kept by its own code'
FROM drug WHERE problem IS NULL AND atc_code IS NULL GROUP BY 2
UNION ALL
SELECT 4, '检验项目 ' || "检验项目", count(*), 'no analyte of this name; set aside'
FROM result WHERE problem = '检验项目: not in the list' GROUP BY 2
UNION ALL
SELECT 5, '检验项目 ' || "检验项目" || ' in ' || coalesce("单位", '(no unit)'), count(*),
    'not a unit of the item; set aside'
FROM result WHERE problem = '单位: not one of the item' GROUP BY 2
UNION ALL
SELECT 6, 'ATC codes from the class in 药品编码', count(*), 'five characters, since the name is not in the list'
FROM drug WHERE problem IS NULL AND "ATC编码" IS NULL AND named_atc IS NULL AND class_atc IS NOT NULL
UNION ALL
SELECT 7, 'reversals written with amounts above 0', count(*), 'the sign is turned' FROM claim WHERE sign = -1
UNION ALL
SELECT 8, 'reversals whose settlement is not in the extract', count(*), 'kept on their own days'
FROM claim WHERE is_reversal AND NOT original_known
UNION ALL
SELECT 9, 'reversals that do not cancel their settlement', count(*), 'kept; what is left over stays in the sums'
FROM claim WHERE left_over <> 0
UNION ALL
SELECT 10, 'settlements dated before their discharge', count(*), 'known on the day of discharge'
FROM settlement WHERE problem IS NULL AND settled_date < end_date
UNION ALL
SELECT 11, 'supplies of more than 400 days', count(*), 'days left empty' FROM drug WHERE problem IS NULL AND days_supply > 400
UNION ALL
SELECT 12, 'settlements outside every spell of 参保信息', count(*), 'kept' FROM claim
WHERE EXISTS (FROM member) AND NOT EXISTS (
    FROM member
    WHERE member.problem IS NULL AND member.person_id = claim.person_id
        AND claim.start_date >= member.start_date AND claim.start_date < member.end_date
)
UNION ALL
SELECT 13, 'spells cut short by a later spell of another team', count(*), 'a member has one team at a time' FROM spell
WHERE end_date < whole_end
UNION ALL
SELECT 14, 'persons with two dates of birth or two sexes', count(*), 'the latest enrolment, else settlement' FROM (
    SELECT person_id FROM (
        SELECT person_id, "出生日期", "性别" FROM settlement WHERE problem IS NULL
        UNION ALL
        SELECT person_id, "出生日期", "性别" FROM member WHERE problem IS NULL
    )
    GROUP BY person_id HAVING count(DISTINCT "出生日期") > 1 OR count(DISTINCT "性别") > 1
)
