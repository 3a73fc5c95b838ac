-- Explanations of benefits and claims, typed. A claim that a sound explanation answers is read through it: its encounter,
-- diagnoses and procedures are the explanation's where that states none. The days are those of the encounter that is named:
-- a billing period may run on for a year.
CREATE TEMP TABLE bill AS
WITH received_bill AS (
    SELECT
        record.*,
        first_of(asked.body, '$.item[*].encounter[*].reference') AS asked_encounter,
        CASE WHEN len(items(record.body, '$.diagnosis')) > 0 THEN record.body ELSE asked.body END AS diagnosed,
        CASE WHEN len(items(record.body, '$.procedure')) > 0 THEN record.body ELSE asked.body END AS operated
    FROM record
    LEFT JOIN record AS asked
        ON asked.type = 'Claim' AND asked.problem IS NULL AND asked.omitted IS NULL
        AND asked.id = target_of(pick(record.body, '$.claim.reference'))
    WHERE record.type IN ('ExplanationOfBenefit', 'Claim')
),
stated AS (
    SELECT
        received_bill.* EXCLUDE (asked_encounter),
        target_of(pick(body, '$.patient.reference')) AS person_id,
        pick(body, '$.status') AS status,
        pick(body, '$.use') AS use,
        coalesce(
            code_in(items(body, '$.type.coding'), 'http://terminology.hl7.org/CodeSystem/claim-type'),
            pick(body, '$.type.coding[0].code'), ''
        ) AS kind,
        pick(body, '$.subType.coding[0].code') AS subtype,
        target_of(pick(body, '$.claim.reference')) AS answers,
        target_of(coalesce(
            pick(body, '$.prescription.reference'), pick(body, '$.originalPrescription.reference')
        )) AS prescription,
        target_of(coalesce(first_of(body, '$.item[*].encounter[*].reference'), asked_encounter)) AS encounter_id,
        list_transform(
            list_concat(
                json_extract_string(body, '$.item[*].servicedPeriod.start'), json_extract_string(body, '$.item[*].servicedDate')
            ),
            lambda stated_day: day_of(stated_day)
        ) AS served,
        coalesce(day_of(pick(body, '$.billablePeriod.start')), list_min(served)) AS stated_start,
        coalesce(
            day_of(pick(body, '$.billablePeriod.end')),
            CASE WHEN pick(body, '$.billablePeriod.start') IS NULL THEN greatest(
                list_max(list_transform(
                    json_extract_string(body, '$.item[*].servicedPeriod.end'), lambda stated_day: day_of(stated_day)
                )),
                list_max(served)
            ) END,
            stated_start
        ) AS stated_end,
        day_of(pick(body, '$.created')) AS created,
        target_of(coalesce(pick(body, '$.facility.reference'), pick(body, '$.provider.reference'))) AS facility_id,
        list_contains(
            CAST(coalesce(json_extract_string(body, '$.related[*].relationship.coding[*].code'), []) AS VARCHAR[]), 'prior'
        ) OR list_contains(
            CAST(coalesce(json_extract_string(body, '$.related[*].relationship.coding[*].code'), []) AS VARCHAR[]), 'replaces'
        ) AS replaces
    FROM received_bill
),
typed AS (
    SELECT
        stated.* EXCLUDE (kind, encounter_id, facility_id, person_id, problem, omitted),
        stated.problem AS unsound, stated.omitted AS left_out,
        stated.kind AS kind,
        stated.person_id,
        encounter.id AS encounter_id,
        coalesce(encounter.start_date, stated_start, created) AS start_date,
        coalesce(encounter.end_date, stated_end, created) AS end_date,
        coalesce(stated.facility_id, encounter.facility_id) AS facility_id,
        coalesce(subtype.value, kind.value, encounter.setting, 'outpatient') AS setting,
        encounter.admission_type, encounter.admission_source, encounter.discharge_status,
        submitted_amount, paid_amount, member_amount, allowed_amount,
        known.person_id IS NOT NULL AS is_known
    FROM stated
    LEFT JOIN known USING (person_id)
    LEFT JOIN adjudicated USING (seq)
    LEFT JOIN encounter
        ON encounter.id = stated.encounter_id AND encounter.person_id = stated.person_id
        AND encounter.problem IS NULL AND encounter.omitted IS NULL
    LEFT JOIN word_list AS subtype ON subtype.list = 'subtype' AND subtype.word = stated.subtype
    LEFT JOIN word_list AS kind ON kind.list = 'claim_type' AND kind.word = stated.kind
),
judged AS (
    SELECT
        *,
        CASE
            WHEN left_out IS NOT NULL THEN left_out
            WHEN status IN ('cancelled', 'draft', 'entered-in-error') THEN 'status ' || status
            WHEN use <> 'claim' THEN 'use ' || use
        END AS omitted,
        CASE
            WHEN unsound IS NOT NULL THEN unsound
            WHEN NOT is_known THEN 'nobody of the patients'
            WHEN start_date IS NULL THEN 'no date of service'
            WHEN end_date < start_date THEN 'billablePeriod.end before billablePeriod.start'
            WHEN is_beyond(start_date) OR is_beyond(end_date) THEN 'a date before 1800 or after today'
            WHEN least(member_amount, allowed_amount, paid_amount + coalesce(member_amount, 0)) < 0 THEN 'a negative amount'
            WHEN kind = 'pharmacy' AND paid_amount < 0 THEN 'a negative amount'
            WHEN greatest(abs(paid_amount), member_amount, allowed_amount) > 1e12 THEN 'an amount beyond 1e12'
        END AS problem
    FROM typed
)
SELECT
    * EXCLUDE (omitted, unsound, left_out, is_known),
    CASE
        WHEN omitted IS NOT NULL THEN omitted
        WHEN type = 'Claim' AND id IN (
            SELECT answers FROM judged
            WHERE type = 'ExplanationOfBenefit' AND problem IS NULL AND omitted IS NULL AND answers IS NOT NULL
        ) THEN 'answered by an ExplanationOfBenefit, which carries what was adjudicated'
        WHEN type = 'Claim' AND kind = 'pharmacy' THEN 'a pharmacy claim that no explanation answers, read as its prescription'
    END AS omitted
FROM judged
