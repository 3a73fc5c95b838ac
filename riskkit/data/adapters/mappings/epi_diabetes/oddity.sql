-- Rows that needed a decision, with their counts.
CREATE TEMP TABLE oddity AS
SELECT 'persons whose follow-up ends on the day of inclusion' AS what, count(*) AS number,
    'kept: enrolled for that one day' AS reason
FROM register WHERE left_on = entered
UNION ALL
SELECT 'persons who died on another day than the last of their follow-up', count(*), 'kept: both dates as stated'
FROM register WHERE died <> left_on
UNION ALL
SELECT 'treatments begun before inclusion or after the end of follow-up', count(*), 'kept: the date as stated'
FROM register WHERE oral_drug NOT BETWEEN entered AND left_on OR insulin NOT BETWEEN entered AND left_on
