-- The stated readmissions within 30 days against the ones that the timeline shows.
WITH event AS (
    SELECT person_id, start_date FROM encounter
    UNION ALL
    SELECT person_id, CAST(end_date + 15 AS DATE) FROM encounter WHERE needs_stub
),
shown AS (
    SELECT encounter.encounter_id, any_value(readmitted) AS readmitted, count(event.start_date) > 0 AS is_readmitted
    FROM encounter
    LEFT JOIN event ON event.person_id = encounter.person_id
        AND event.start_date > encounter.end_date AND event.start_date <= CAST(encounter.end_date + 30 AS DATE)
    GROUP BY encounter.encounter_id
)
SELECT
    (SELECT count(*) FROM encounter) AS encounters,
    (SELECT count(DISTINCT person_id) FROM encounter) AS persons,
    count(*) FILTER (WHERE readmitted = '<30') AS stated_within_30_days,
    count(*) FILTER (WHERE is_readmitted) AS shown_within_30_days,
    count(*) FILTER (WHERE (readmitted = '<30') <> is_readmitted) AS disagreements,
    (SELECT count(*) FILTER (WHERE needs_stub) FROM encounter) AS stub_stays
FROM shown
