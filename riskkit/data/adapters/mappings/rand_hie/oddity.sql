-- Rows that needed a decision, with their counts.
CREATE TEMP TABLE oddity AS
SELECT 'person-years whose meddol is not the sum of its parts by more than a dollar' AS what, count(*) AS number,
    'the parts are kept; meddol itself is not written' AS reason
FROM person_year WHERE abs(medical - inpatient - outpatient - drugs - supplies) > 1
UNION ALL
SELECT 'person-years with admissions and no inpatient dollars', count(*), 'kept: the admission is an event without money'
FROM person_year WHERE admissions > 0 AND inpatient = 0
UNION ALL
SELECT 'person-years with inpatient dollars and no admission', count(*), 'kept: dollars without an event'
FROM person_year WHERE admissions = 0 AND inpatient > 0
UNION ALL
SELECT 'person-years of part of a year', count(*), 'enrolled from the first day for that share of 365 days'
FROM person_year WHERE days < 365
