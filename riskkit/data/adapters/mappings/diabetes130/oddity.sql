-- Rows that needed a decision, with their counts.
CREATE TEMP TABLE oddity AS
WITH neighbour AS (
    SELECT *, lag(middle_age) OVER (PARTITION BY person_id ORDER BY turn) AS age_before FROM encounter
)
SELECT 'gender Unknown/Invalid' AS what, count(*) FILTER (WHERE gender = 'Unknown/Invalid') AS number,
    'sex is missing unless another encounter states it' AS reason
FROM encounter
UNION ALL
SELECT 'patients with two genders', count(*), 'the first one known is taken'
FROM (
    SELECT person_id FROM encounter WHERE gender <> 'Unknown/Invalid' GROUP BY person_id HAVING count(DISTINCT gender) > 1
)
UNION ALL
SELECT 'encounters in a lower age band than the one before', count(*) FILTER (WHERE middle_age < age_before),
    'kept in stated_age_band; birth_date follows the first encounter' FROM neighbour
UNION ALL
SELECT 'deaths followed by another encounter', count(*) FILTER (WHERE is_death AND NOT is_last),
    'discharge_status stays died, death_date is left missing' FROM encounter
UNION ALL
SELECT 'readmitted ''NO'' before a later encounter', count(*) FILTER (WHERE readmitted = 'NO' AND NOT is_last),
    'the later encounter is laid 60 days on' FROM encounter
UNION ALL
SELECT 'readmitted ''>30'' without a later encounter', count(*) FILTER (WHERE readmitted = '>30' AND is_last),
    'outside the 30 days; nothing is made up' FROM encounter
UNION ALL
SELECT 'readmitted ''<30'' without a later encounter', count(*) FILTER (WHERE needs_stub), 'a stub stay 15 days after discharge'
FROM encounter
UNION ALL
SELECT 'diagnosis codes with lost leading zeros',
    count(*) FILTER (WHERE regexp_full_match(diag_1, '\d{1,2}(\.\d+)?')) + count(*) FILTER (WHERE regexp_full_match(diag_2, '\d{1,2}(\.\d+)?'))
        + count(*) FILTER (WHERE regexp_full_match(diag_3, '\d{1,2}(\.\d+)?')), 'written back to three digits' FROM encounter
UNION ALL
SELECT 'admission_type_id without a meaning (5, 6, 8)', count(*) FILTER (WHERE admission_type_id IN ('5', '6', '8')),
    'admission_type is missing' FROM encounter
UNION ALL
SELECT 'discharge_disposition_id without a meaning (18, 25, 26)',
    count(*) FILTER (WHERE discharge_disposition_id IN ('18', '25', '26')), 'discharge_status is missing' FROM encounter
UNION ALL
SELECT 'admission_source_id without a meaning (9, 15, 16, 17, 20, 21)',
    count(*) FILTER (WHERE admission_source_id IN ('9', '15', '16', '17', '20', '21')), 'admission_source is missing' FROM encounter
UNION ALL
SELECT 'dose steps (Down, Up) of drugs other than insulin', sum(steps), 'only insulin''s step has an analyte'
FROM (
    SELECT count(*) AS steps FROM (
        UNPIVOT (
            SELECT
                metformin, repaglinide, nateglinide, chlorpropamide, glimepiride, acetohexamide, glipizide, glyburide,
                tolbutamide, pioglitazone, rosiglitazone, acarbose, miglitol, troglitazone, tolazamide, examide,
                citoglipton, "glyburide-metformin", "glipizide-metformin", "glimepiride-pioglitazone",
                "metformin-rosiglitazone", "metformin-pioglitazone"
            FROM encounter
        ) ON COLUMNS(*) INTO NAME drug VALUE step
    ) WHERE step IN ('Down', 'Up')
)
