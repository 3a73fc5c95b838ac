-- The layout counts covered months per year and does not say which. They are laid from 1 January; in a year that
-- follows one without cover and precedes one with cover they are laid up to 31 December. Cover ends the day after death.
WITH neighbour AS (
    SELECT
        person_id, year, covered_months, max(death_date) OVER (PARTITION BY person_id) AS death_date,
        coalesce(max(covered_months) OVER before, 0) AS months_before,
        coalesce(max(covered_months) OVER after, 0) AS months_after
    FROM beneficiary_year
    WINDOW
        before AS (PARTITION BY person_id ORDER BY year RANGE BETWEEN 1 PRECEDING AND 1 PRECEDING),
        after AS (PARTITION BY person_id ORDER BY year RANGE BETWEEN 1 FOLLOWING AND 1 FOLLOWING)
),
first_day AS (
    SELECT
        *,
        make_date(
            year, CASE WHEN months_before = 0 AND months_after > 0 THEN 13 - covered_months ELSE 1 END, 1
        ) AS start_date
    FROM neighbour
    WHERE covered_months > 0
),
spell AS (
    SELECT
        person_id,
        start_date,
        least(
            CAST(start_date + to_months(covered_months) AS DATE),
            coalesce(CAST(death_date + INTERVAL 1 DAY AS DATE), DATE '9999-12-31')
        ) AS end_date
    FROM first_day
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
