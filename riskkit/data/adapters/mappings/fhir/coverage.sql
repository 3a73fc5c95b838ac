-- Coverages, typed. A period's last day is covered; one without an end is open to the day after the source's last record.
CREATE TEMP TABLE coverage AS
WITH typed AS (
    SELECT
        record.*, target_of(pick(body, '$.beneficiary.reference')) AS person_id, pick(body, '$.status') AS status,
        day_of(pick(body, '$.period.start')) AS start_date, day_of(pick(body, '$.period.end')) AS last_date
    FROM record
    WHERE type = 'Coverage'
)
SELECT
    seq, person_id, start_date, last_date,
    CASE
        WHEN omitted IS NOT NULL THEN omitted
        WHEN status IN ('entered-in-error', 'draft') THEN 'status ' || status
        WHEN start_date IS NULL THEN 'no period.start'
        WHEN start_date > known.death_date THEN 'begins after death'
    END AS omitted,
    CASE
        WHEN problem IS NOT NULL THEN problem
        WHEN known.person_id IS NULL THEN 'nobody of the patients'
        WHEN is_beyond(start_date) THEN 'a date before 1800 or after today'
        WHEN last_date < start_date THEN 'period.end before period.start'
    END AS problem
FROM typed
LEFT JOIN known USING (person_id)
