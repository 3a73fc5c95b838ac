-- Spans of membership: coverages that touch or overlap are one, up to the day after death; a patient without a coverage is
-- observed from the first record to the last.
CREATE TEMP TABLE span AS
WITH event AS (
    SELECT person_id, start_date AS first_date, end_date AS last_date FROM claim
    UNION ALL SELECT person_id, fill_date, fill_date FROM fill WHERE problem IS NULL AND omitted IS NULL
    UNION ALL SELECT person_id, date, date FROM result WHERE problem IS NULL AND omitted IS NULL
    UNION ALL SELECT person_id, date, date FROM condition WHERE problem IS NULL AND omitted IS NULL
),
closing AS (SELECT max(last_date) AS last_date FROM event),
stated AS (
    SELECT
        person_id, start_date, coalesce(coverage.last_date, greatest(closing.last_date, start_date)) + 1 AS end_date,
        TRUE AS is_stated
    FROM coverage, closing
    WHERE problem IS NULL AND omitted IS NULL
    UNION ALL
    SELECT person_id, min(first_date), max(last_date) + 1, FALSE
    FROM event
    WHERE person_id NOT IN (SELECT person_id FROM coverage WHERE problem IS NULL AND omitted IS NULL)
    GROUP BY person_id
),
ended AS (
    SELECT stated.* REPLACE (greatest(least(end_date, coalesce(death_date + 1, end_date)), start_date) AS end_date)
    FROM stated JOIN known USING (person_id)
),
marked AS (
    SELECT *, start_date > max(end_date) OVER (
        PARTITION BY person_id ORDER BY start_date, end_date ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS is_new
    FROM ended
),
numbered AS (
    SELECT *, sum(CAST(coalesce(is_new, TRUE) AS INTEGER)) OVER (
        PARTITION BY person_id ORDER BY start_date, end_date
    ) AS island
    FROM marked
)
SELECT person_id, min(start_date) AS start_date, max(end_date) AS end_date, bool_or(is_stated) AS is_stated
FROM numbered
GROUP BY person_id, island
