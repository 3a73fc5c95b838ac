-- Body mass index as stated beside weight over height squared, over the visits that state all three.
SELECT
    count(*) AS visits_with_bmi,
    count(*) FILTER (WHERE abs(bmi - weight / (height / 100) ** 2) <= 0.5) AS bmi_agrees
FROM (
    SELECT
        max(value) FILTER (WHERE analyte = 'bmi') AS bmi,
        max(value) FILTER (WHERE analyte = 'weight') AS weight,
        max(value) FILTER (WHERE analyte = 'height') AS height
    FROM number
    GROUP BY visit_id
)
WHERE bmi IS NOT NULL AND weight IS NOT NULL AND height IS NOT NULL
