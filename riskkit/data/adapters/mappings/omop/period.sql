-- Periods with a payer, and those of observation, which stand in for them where a person has none. None outlasts death.
CREATE TEMP TABLE period AS
WITH stated AS (
    SELECT
        'payer_plan_period' AS source_table, payer_plan_period_id AS row_id, person_id,
        CAST(payer_plan_period_start_date AS DATE) AS start_date, CAST(payer_plan_period_end_date AS DATE) AS end_date,
        upper(replace(payer_source_value, ' ', '_')) AS payer
    FROM payer_plan_period_text
    UNION ALL
    SELECT
        'observation_period', observation_period_id, person_id, CAST(observation_period_start_date AS DATE),
        CAST(observation_period_end_date AS DATE), NULL
    FROM observation_period_text
),
judged AS (
    SELECT
        stated.* EXCLUDE (end_date), least(end_date, coalesce(death_date, end_date)) AS end_date, death_date < end_date AS is_cut,
        CASE
            WHEN known.person_id IS NULL THEN 'nobody of the persons'
            WHEN stated.end_date < start_date THEN 'ends before it begins'
            WHEN start_date > death_date THEN 'begins after death'
            WHEN start_date > current_date THEN 'a date in the future'
        END AS problem
    FROM stated LEFT JOIN known USING (person_id)
)
SELECT
    *,
    CASE
        WHEN problem IS NOT NULL THEN NULL
        WHEN payer IN ('NO_INSURANCE', 'UNINSURED') THEN 'no insurance: no membership'
        WHEN source_table = 'observation_period'
            AND bool_or(source_table = 'payer_plan_period' AND problem IS NULL) OVER (PARTITION BY person_id)
            THEN 'the person''s payer plan periods stand for it'
    END AS omitted
FROM judged
