-- Readings that are not in glucose_reading, with the reason.
SELECT
    file, row, stated_time, stated_glucose,
    coalesce(
        problem,
        CASE glucose WHEN first_glucose THEN 'the same reading again' ELSE 'another value at an instant that has one' END
    ) AS reason
FROM reading
WHERE problem IS NOT NULL OR rank > 1
ORDER BY file, row
