-- Lines of 检验结果 that are no result, as they were, with the reason.
SELECT
    * EXCLUDE (bad_value, record_id, person_id, copy, date, reported, analyte, units, unit, value, problem),
    problem AS reason
FROM result
WHERE problem IS NOT NULL
ORDER BY ALL
