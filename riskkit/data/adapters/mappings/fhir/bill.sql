-- Explanations of benefits and claims, typed. A claim that a sound explanation answers is read through it.
CREATE TEMP TABLE bill AS
WITH received_bill AS (
    -- An explanation may name its encounter through the claim that it answers.
    SELECT record.*, pick(asked.body, '$.item[0].encounter[0].reference') AS asked_encounter
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
        coalesce(pick(body, '$.type.coding[0].code'), '') AS kind,
        pick(body, '$.subType.coding[0].code') AS subtype,
        target_of(pick(body, '$.claim.reference')) AS answers,
        target_of(coalesce(
            pick(body, '$.prescription.reference'), pick(body, '$.originalPrescription.reference')
        )) AS prescription,
        target_of(coalesce(pick(body, '$.item[0].encounter[0].reference'), asked_encounter)) AS encounter_id,
        coalesce(
            day_of(pick(body, '$.billablePeriod.start')), day_of(pick(body, '$.item[0].servicedPeriod.start')),
            day_of(pick(body, '$.item[0].servicedDate'))
        ) AS stated_start,
        coalesce(
            day_of(pick(body, '$.billablePeriod.end')), day_of(pick(body, '$.item[0].servicedPeriod.end')), stated_start
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
        coalesce(stated_start, encounter.start_date, created) AS start_date,
        CASE
            WHEN stated_start IS NOT NULL THEN stated_end
            WHEN encounter.id IS NOT NULL THEN encounter.end_date
            ELSE created
        END AS end_date,
        coalesce(stated.facility_id, encounter.facility_id) AS facility_id,
        coalesce(subtype.value, kind.value, encounter.setting, 'outpatient') AS setting,
        encounter.admission_type, encounter.admission_source, encounter.discharge_status,
        paid_amount, member_amount, allowed_amount,
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
            WHEN type = 'Claim' AND kind = 'pharmacy' THEN 'a pharmacy claim without an explanation: the prescription stands'
        END AS omitted,
        CASE
            WHEN unsound IS NOT NULL THEN unsound
            WHEN NOT is_known THEN 'nobody of the patients'
            WHEN start_date IS NULL THEN 'no date of service'
            WHEN end_date < start_date THEN 'billablePeriod.end before billablePeriod.start'
            WHEN end_date > current_date THEN 'a date in the future'
            WHEN least(member_amount, allowed_amount, paid_amount + coalesce(member_amount, 0)) < 0 THEN 'a negative amount'
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
    END AS omitted
FROM judged
