-- Cells that should hold a plausible number or one of two words and hold something else.
SELECT file, row, field, stated, problem AS reason FROM number WHERE problem IS NOT NULL
UNION ALL
SELECT file, row, field, value, 'not drinker or non-drinker' FROM summary_cell
WHERE field = 'alcohol' AND lower(value) NOT IN ('drinker', 'non-drinker')
UNION ALL
SELECT file, row, field, value, 'not yes or no' FROM summary_cell
WHERE field = 'hypoglycemia' AND lower(value) NOT IN ('yes', 'no', '是', '否')
UNION ALL
SELECT file, row, 'sex', value, 'not 1 or 2' FROM summary_cell
WHERE field = 'sex' AND coalesce(TRY_CAST(value AS DOUBLE) NOT IN (1, 2), TRUE)
UNION ALL
SELECT
    file, row, coalesce(capillary_field, 'cbg'), stated_capillary,
    'not a number above 0, at an instant that can be read, of a person in the sheets'
FROM reading
WHERE
    stated_capillary IS NOT NULL
    AND NOT (
        time IS NOT NULL AND coalesce(TRY_CAST(stated_capillary AS DOUBLE), 0) > 0
        AND person_id IN (SELECT person_id FROM visit)
    )
UNION ALL
SELECT file, row, 'ketone', stated_ketone, 'not a number, at an instant that can be read, of a person in the sheets'
FROM reading
WHERE
    stated_ketone IS NOT NULL
    AND NOT (
        time IS NOT NULL AND coalesce(TRY_CAST(stated_ketone AS DOUBLE), -1) >= 0
        AND person_id IN (SELECT person_id FROM visit)
    )
ORDER BY file, row, field
