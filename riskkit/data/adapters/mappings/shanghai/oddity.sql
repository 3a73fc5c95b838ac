-- What needed a decision or found no place, with its count.
CREATE TEMP TABLE oddity AS
WITH drug_name AS (
    SELECT folded, count(*) AS number FROM item
    WHERE field IN ('hypoglycemic_agent', 'other_agent') AND folded NOT IN (SELECT name FROM drug_list)
    GROUP BY folded
),
term_name AS (
    SELECT term, count(*) AS number FROM item
    WHERE field NOT IN ('hypoglycemic_agent', 'other_agent') AND folded NOT IN (SELECT term FROM term_list)
    GROUP BY term
)
SELECT 1 AS part, 'drug ' || folded AS what, number,
    'no ATC code of this name in drug_names/atc.csv; kept in pharmacy_claim by name' AS reason
FROM drug_name
UNION ALL
SELECT 2, 'complication or comorbidity ' || term, number, 'no code of this name in terms.csv' FROM term_name
UNION ALL
SELECT 3, 'drugs or diseases named twice at one visit', count(*) - count(DISTINCT (visit_id, field, folded)),
    'one row each' FROM item
UNION ALL
SELECT 4, 'uric acid headed mmol/L', count(*) FILTER (WHERE scale = 1 AND value IS NOT NULL),
    'values from 90 to 560 can only be umol/L, and are written so' FROM number WHERE field = 'uric_acid'
UNION ALL
SELECT 5, 'smokers', count(*) FILTER (WHERE value > 0),
    'pack-years do not say whether they have stopped, so no smoking level is written' FROM number
WHERE field = 'pack_years'
UNION ALL
SELECT 6, 'persons whose ages do not agree between visits', count(*), 'birth follows the first visit' FROM (
    SELECT person_id FROM visit GROUP BY person_id
    HAVING max(CAST(date - to_years(CAST(floor(age) AS INTEGER) + 1) AS DATE) + 1)
        > min(CAST(date - to_years(CAST(floor(age) AS INTEGER)) AS DATE))
)
UNION ALL
SELECT 7, 'persons with two sexes', count(*), 'that of the first visit' FROM (
    SELECT person_id FROM visit GROUP BY person_id HAVING count(DISTINCT sex) > 1
)
UNION ALL
SELECT 8, 'visits whose number runs against their dates', count(*), 'the date in the patient number stands' FROM (
    SELECT turn, row_number() OVER (PARTITION BY person_id ORDER BY date) AS place,
        row_number() OVER (PARTITION BY person_id ORDER BY turn) AS turn_place
    FROM visit
)
WHERE place <> turn_place
UNION ALL
SELECT 9, 'visits without a trace', count(*), 'the summary sheets name more visits than there are files' FROM visit
WHERE visit_id NOT IN (SELECT visit_id FROM reading)
