-- Conditions, typed, with their ICD codes: stated ones first, else those of the SNOMED CT map. Codes stand once on a claim.
CREATE TEMP TABLE condition AS
WITH stated AS (
    SELECT
        record.*,
        target_of(pick(body, '$.subject.reference')) AS person_id,
        pick(body, '$.verificationStatus.coding[0].code') AS certainty,
        target_of(pick(body, '$.encounter.reference')) AS encounter_id,
        coalesce(
            day_of(pick(body, '$.onsetDateTime')), day_of(pick(body, '$.onsetPeriod.start')),
            day_of(pick(body, '$.recordedDate'))
        ) AS stated_date,
        day_of(pick(body, '$.recordedDate')) AS recorded,
        items(body, '$.code.coding') AS codings,
        coalesce(pick(body, '$.code.text'), pick(body, '$.code.coding[0].display'), pick(body, '$.code.coding[0].code')) AS name
    FROM record
    WHERE type = 'Condition'
),
typed AS (
    SELECT
        stated.* EXCLUDE (person_id, problem, omitted), stated.problem AS unsound, stated.omitted AS left_out,
        stated.person_id, known.person_id IS NOT NULL AS is_known,
        visit.claim.claim_id AS claim_id,
        coalesce(visit.claim.setting, 'registry') AS source,
        coalesce(stated_date, visit.claim.start_date) AS date,
        greatest(coalesce(stated_date, visit.claim.start_date), recorded, visit.claim.available_date) AS available_date,
        code_in(codings, 'http://snomed.info/sct') AS snomed
    FROM stated
    LEFT JOIN known USING (person_id)
    LEFT JOIN visit ON visit.encounter_id = stated.encounter_id AND visit.claim.person_id = stated.person_id
),
coded AS (
    SELECT
        typed.*,
        coalesce(
            (
                SELECT list({'code': code_in(codings, word), 'vocabulary': value} ORDER BY value) FROM word_list
                WHERE list = 'diagnosis_system' AND code_in(codings, word) IS NOT NULL
            ),
            (
                SELECT list({'code': icd10cm, 'vocabulary': 'icd10cm'} ORDER BY icd10cm) FROM snomed_icd10cm
                WHERE snomed_icd10cm.snomed = typed.snomed
            )
        ) AS codes
    FROM typed
),
judged AS (
    SELECT
        * EXCLUDE (unsound, left_out, is_known),
        CASE
            WHEN left_out IS NOT NULL THEN left_out
            WHEN certainty IN ('entered-in-error', 'refuted', 'unconfirmed', 'provisional', 'differential')
                THEN 'verificationStatus ' || certainty
            WHEN codes IS NULL THEN 'no ICD code: ' || coalesce(name, 'no code')
        END AS omission,
        CASE
            WHEN unsound IS NOT NULL THEN unsound
            WHEN NOT is_known THEN 'nobody of the patients'
            WHEN date IS NULL THEN 'no date'
            WHEN is_beyond(date) THEN 'a date before 1800 or after today'
        END AS problem
    FROM coded
)
SELECT
    * EXCLUDE (omission),
    CASE
        WHEN omission IS NOT NULL THEN omission
        WHEN claim_id IS NOT NULL AND row_number() OVER (
            PARTITION BY claim_id, codes, omission IS NULL AND problem IS NULL ORDER BY date, seq
        ) > 1 THEN 'the same codes again on that claim'
    END AS omitted
FROM judged
