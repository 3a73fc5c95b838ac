-- Whoever stands in a year's summary file was a beneficiary of that year: the spell is the calendar year, up to the day
-- after death, and years that touch are one spell. Months of Part A and Part B say which part was covered, not who was
-- a beneficiary (dollars stand beside no covered month), so they are facts of the year in lab_result.
WITH spell AS (
    SELECT
        person_id,
        make_date(year, 1, 1) AS start_date,
        least(
            make_date(year + 1, 1, 1),
            coalesce(
                CAST(max(death_date) OVER (PARTITION BY person_id) + INTERVAL 1 DAY AS DATE), DATE '9999-12-31'
            )
        ) AS end_date
    FROM beneficiary_year
),
marked AS (
    SELECT
        *,
        CAST(start_date IS DISTINCT FROM lag(end_date) OVER (PARTITION BY person_id ORDER BY start_date) AS INTEGER)
            AS is_new
    FROM spell
    WHERE end_date > start_date
),
numbered AS (
    SELECT *, sum(is_new) OVER (PARTITION BY person_id ORDER BY start_date) AS island FROM marked
)
SELECT
    person_id,
    min(start_date) AS start_date,
    max(end_date) AS end_date,
    CAST(NULL AS VARCHAR) AS team_id,
    CAST(NULL AS VARCHAR) AS institution_id,
    CAST(NULL AS INTEGER) AS institution_level
FROM numbered
GROUP BY person_id, island
ORDER BY person_id, start_date
