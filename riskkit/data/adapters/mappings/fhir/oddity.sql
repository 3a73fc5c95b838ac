-- What has no place, what is set aside and what needed a decision, with counts.
CREATE TEMP TABLE oddity AS
FROM (
    SELECT 1 AS part, type || ': ' || omitted AS what, count(*) AS number, 'not mapped' AS reason
    FROM fate WHERE omitted IS NOT NULL GROUP BY ALL
    UNION ALL
    SELECT 2, type || ': ' || problem, count(*), 'set aside in quarantine/resources.parquet' FROM fate WHERE problem IS NOT NULL GROUP BY ALL
    UNION ALL
    SELECT 3, 'Observation.component: ' || coalesce(problem, omitted), count(*), 'left; the observation''s other values are mapped'
    FROM (SELECT *, bool_or(problem IS NULL AND omitted IS NULL) OVER (PARTITION BY seq) AS is_mapped FROM result)
    WHERE slot > 0 AND is_mapped AND coalesce(problem, omitted) IS NOT NULL
    GROUP BY ALL
    UNION ALL
    SELECT 4, type || ' without an ATC code: ' || name, count(*), 'mapped without one'
    FROM fill WHERE problem IS NULL AND omitted IS NULL AND atc_code IS NULL GROUP BY ALL
    UNION ALL
    SELECT 5, 'encounters of an unknown class', count(*), 'setting outpatient' FROM encounter
    WHERE problem IS NULL AND omitted IS NULL AND has_strange_class
    UNION ALL
    SELECT 5, 'encounters without an end', count(*), 'they end on the day they begin' FROM encounter
    WHERE problem IS NULL AND omitted IS NULL AND is_open
    UNION ALL
    SELECT 5, 'patients dead without a date', count(*), 'kept without a death_date' FROM patient
    WHERE problem IS NULL AND omitted IS NULL AND is_dead_without_date
    UNION ALL
    SELECT 5, 'patients without a coverage', count(*), 'enrolled from the first record to the last' FROM known
    WHERE person_id NOT IN (SELECT person_id FROM span WHERE is_stated)
    UNION ALL
    SELECT 5, 'results stated as below or above a number', count(*), 'the number is kept' FROM result
    WHERE problem IS NULL AND omitted IS NULL AND comparator IS NOT NULL
    UNION ALL
    SELECT 5, 'supplies below 0 or above 400 days', count(*), 'days left empty' FROM fill
    WHERE problem IS NULL AND omitted IS NULL AND has_strange_days
)
ORDER BY part, number DESC, what
