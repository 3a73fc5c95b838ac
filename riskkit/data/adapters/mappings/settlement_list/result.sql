-- One typed row per line of 检验结果, its analyte and unit by name, with the first thing that is wrong with it.
CREATE TEMP TABLE result AS
WITH typed AS (
    SELECT
        result_row.* EXCLUDE (problem),
        problem AS bad_value,
        "检验流水号" AS record_id, "人员编号" AS person_id,
        row_number() OVER (PARTITION BY "检验流水号" ORDER BY problem IS NOT NULL, file) AS copy,
        CAST(try_strptime("检验日期", '%Y%m%d') AS DATE) AS date,
        CAST(try_strptime("报告日期", '%Y%m%d') AS DATE) AS reported,
        analyte, units, unit_list.unit, slope, shift, lowest, highest,
        TRY_CAST("结果" AS DOUBLE) AS value
    FROM result_row
    LEFT JOIN analyte_list ON lower(analyte_list.item) = lower(replace("检验项目", ' ', ''))
    LEFT JOIN unit_list ON unit_list.spelling = lower(replace("单位", ' ', ''))
    LEFT JOIN bound USING (analyte, unit)
)
SELECT
    * EXCLUDE (slope, shift, lowest, highest),
    CASE
        WHEN bad_value IS NOT NULL THEN bad_value
        WHEN copy > 1 THEN '检验流水号: a second time'
        WHEN person_id NOT IN (SELECT person_id FROM claim UNION ALL SELECT person_id FROM member WHERE problem IS NULL)
            THEN '人员编号: nobody of 结算清单 or 参保信息'
        WHEN analyte IS NULL THEN '检验项目: not in the list'
        WHEN value IS NULL OR NOT isfinite(value) THEN '结果: not a number'
        WHEN unit IS NULL OR NOT list_contains(string_split(units, '|'), unit) THEN '单位: not one of the item'
        WHEN value * slope + shift NOT BETWEEN lowest AND highest THEN '结果: not plausible in its unit'
        WHEN date > current_date THEN '检验日期: in the future'
    END AS problem
FROM typed
