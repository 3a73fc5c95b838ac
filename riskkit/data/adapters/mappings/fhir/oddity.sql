-- What is set aside, what needed a decision and what has no place, with counts. A reason of `fate` may end in a name.
CREATE TEMP TABLE oddity AS
FROM (
    SELECT 1 AS part, type AS what, count(*) AS number, 'set aside in quarantine/resources.parquet: ' || problem AS reason
    FROM fate WHERE problem IS NOT NULL GROUP BY ALL
    UNION ALL
    SELECT 2, 'patients whose gender is neither female nor male', count(*), 'kept without a sex' FROM patient
    WHERE problem IS NULL AND omitted IS NULL AND has_other_gender
    UNION ALL
    SELECT 2, 'patients with a year or month of birth alone', count(*), 'born on 1 July, or on the 15th' FROM patient
    WHERE problem IS NULL AND omitted IS NULL AND is_born_without_day
    UNION ALL
    SELECT 2, 'patients dead without a date', count(*), 'kept without a death_date' FROM patient
    WHERE problem IS NULL AND omitted IS NULL AND is_dead_without_date
    UNION ALL
    SELECT 2, 'patients without a coverage', count(*), 'enrolled from the first record to the last' FROM known
    WHERE person_id NOT IN (SELECT person_id FROM span WHERE is_stated)
    UNION ALL
    SELECT 2, 'encounters of an unknown class', count(*), 'setting outpatient' FROM encounter
    WHERE problem IS NULL AND omitted IS NULL AND has_strange_class
    UNION ALL
    SELECT 2, 'encounters without an end', count(*), 'they end on the day they begin' FROM encounter
    WHERE problem IS NULL AND omitted IS NULL AND is_open
    UNION ALL
    SELECT 2, 'explanations without an amount', count(*), 'kept without money' FROM bill
    WHERE problem IS NULL AND omitted IS NULL AND type = 'ExplanationOfBenefit' AND allowed_amount IS NULL
    UNION ALL
    SELECT 2, 'lines and procedures of bills dated before 1800 or after today', count(*), 'they take the first day of the bill'
    FROM billed_procedure WHERE is_beyond(date)
    UNION ALL
    SELECT 2, 'results stated as below or above a number', count(*), 'the number is kept' FROM result
    WHERE problem IS NULL AND omitted IS NULL AND comparator IS NOT NULL
    UNION ALL
    SELECT 2, 'supplies below 0 or above 400 days, or in an unknown unit', count(*), 'days left empty' FROM fill
    WHERE problem IS NULL AND omitted IS NULL AND has_strange_days
    UNION ALL
    SELECT 3, type || ' without an ATC code: ' || name, count(*), 'mapped without one'
    FROM fill WHERE problem IS NULL AND omitted IS NULL AND atc_code IS NULL GROUP BY ALL
    UNION ALL
    SELECT 4, 'Observation without an analyte of the contract: ' || any_value(name), count(*), 'kept under ' || analyte
    FROM result WHERE problem IS NULL AND omitted IS NULL AND is_unlisted GROUP BY analyte
    UNION ALL
    SELECT
        5, 'Observation.component' || regexp_extract(coalesce(problem, omitted), ': .*$'), count(*),
        regexp_replace(coalesce(problem, omitted), ': .*$', '') || '; the observation''s other values are mapped'
    FROM (SELECT *, bool_or(problem IS NULL AND omitted IS NULL) OVER (PARTITION BY seq) AS is_mapped FROM result)
    WHERE slot > 0 AND is_mapped AND coalesce(problem, omitted) IS NOT NULL
    GROUP BY ALL
    UNION ALL
    SELECT 6, type || regexp_extract(omitted, ': .*$'), count(*), regexp_replace(omitted, ': .*$', '')
    FROM fate WHERE omitted IS NOT NULL GROUP BY ALL
)
WHERE number > 0
ORDER BY part, number DESC, what
