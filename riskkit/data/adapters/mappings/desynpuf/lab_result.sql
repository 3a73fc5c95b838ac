-- Months of cover that the summary states for a year, dated 31 December.
WITH fact AS (
    SELECT
        person_id, year,
        unnest([
            {'analyte': 'stated_part_a_months', 'value': part_a_months},
            {'analyte': 'stated_part_b_months', 'value': part_b_months},
            {'analyte': 'stated_managed_care_months', 'value': hmo_months}
        ]) AS item
    FROM beneficiary_year
)
SELECT
    person_id || '-' || year || '-' || item.analyte AS record_id,
    person_id,
    make_date(year, 12, 31) AS date,
    make_date(year, 12, 31) AS available_date,
    item.analyte AS analyte,
    CAST(item.value AS DOUBLE) AS value,
    'months' AS unit
FROM fact
ORDER BY record_id
