-- Procedures, typed, with their code in the first vocabulary of the list that states one; a code stands once a day on a claim.
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
),
judged AS (
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
            WHEN visit.claim.claim_id IS NULL THEN 'no visit or stay on which it can stand'
            WHEN coding IS NULL THEN 'no code in a known vocabulary: ' || name
        END AS left_out,
        CASE
            WHEN problem IS NOT NULL THEN problem
            WHEN known.person_id IS NULL THEN 'nobody of the patients'
            WHEN is_beyond(date) THEN 'a date before 1800 or after today'
        END AS problem
    FROM stated
    LEFT JOIN coded USING (seq)
    LEFT JOIN known USING (person_id)
    LEFT JOIN visit ON visit.encounter_id = stated.encounter_id AND visit.claim.person_id = stated.person_id
)
SELECT
    * EXCLUDE (left_out),
    CASE
        WHEN left_out IS NOT NULL THEN left_out
        WHEN row_number() OVER (
            PARTITION BY claim_id, date, code, vocabulary, left_out IS NULL AND problem IS NULL ORDER BY seq
        ) > 1 THEN 'the same code again, that day on that claim'
    END AS omitted
FROM judged;
-- The procedures and lines of bills.
CREATE TEMP TABLE billed_procedure AS
SELECT
    type || '/' || id AS claim_id, 1 AS rank, day_of(pick(part, '$.date')) AS date,
    items(part, '$.procedureCodeableConcept.coding') AS codings, slot
FROM (
    SELECT
        bill.type, bill.id, unnest(items(operated, '$.procedure')) AS part,
        unnest(range(1, len(items(operated, '$.procedure')) + 1)) AS slot
    FROM bill WHERE problem IS NULL AND omitted IS NULL AND kind <> 'pharmacy'
)
UNION ALL
SELECT
    type || '/' || id, 2, coalesce(day_of(pick(part, '$.servicedDate')), day_of(pick(part, '$.servicedPeriod.start'))),
    items(part, '$.productOrService.coding'), slot
FROM (
    SELECT
        bill.type, bill.id, unnest(items(body, '$.item')) AS part,
        unnest(range(1, len(items(body, '$.item')) + 1)) AS slot
    FROM bill WHERE problem IS NULL AND omitted IS NULL AND kind <> 'pharmacy'
)
