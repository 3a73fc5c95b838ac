-- Procedures, typed, with their code in the first vocabulary of the list that states one.
CREATE TEMP TABLE procedure_record AS
WITH stated AS (
    SELECT
        record.*,
        target_of(pick(body, '$.subject.reference')) AS person_id,
        pick(body, '$.status') AS status,
        target_of(pick(body, '$.encounter.reference')) AS encounter_id,
        coalesce(day_of(pick(body, '$.performedDateTime')), day_of(pick(body, '$.performedPeriod.start'))) AS stated_date,
        items(body, '$.code.coding') AS codings,
        coalesce(pick(body, '$.code.text'), pick(body, '$.code.coding[0].display'), 'no code') AS name
    FROM record
    WHERE type = 'Procedure'
),
coded AS (
    SELECT stated.seq, min_by({'word': system.word, 'value': system.value}, system.rank) AS coding
    FROM stated, (
        SELECT word, value, row_number() OVER () AS rank FROM word_list WHERE list = 'procedure_system'
    ) AS system
    WHERE code_in(codings, system.word) IS NOT NULL
    GROUP BY stated.seq
)
SELECT
    stated.* EXCLUDE (problem, omitted),
    visit.claim.claim_id AS claim_id,
    coalesce(stated_date, visit.claim.start_date) AS date,
    greatest(coalesce(stated_date, visit.claim.start_date), visit.claim.available_date) AS available_date,
    code_in(codings, coding.word) AS code,
    coding.value AS vocabulary,
    CASE
        WHEN omitted IS NOT NULL THEN omitted
        WHEN status NOT IN ('completed', 'in-progress') THEN 'status ' || status
        WHEN visit.claim.claim_id IS NULL THEN 'no encounter: a procedure stands on a claim'
        WHEN coding IS NULL THEN 'no code in a known vocabulary: ' || name
    END AS omitted,
    CASE
        WHEN problem IS NOT NULL THEN problem
        WHEN known.person_id IS NULL THEN 'nobody of the patients'
        WHEN date > current_date THEN 'a date in the future'
    END AS problem
FROM stated
LEFT JOIN coded USING (seq)
LEFT JOIN known USING (person_id)
LEFT JOIN visit ON visit.encounter_id = stated.encounter_id AND visit.claim.person_id = stated.person_id
