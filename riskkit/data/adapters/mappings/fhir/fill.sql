-- What was dispensed: explanations of pharmacy claims, dispenses that none of these answers, and requests that neither does.
CREATE TEMP TABLE fill AS
WITH stated AS (
    SELECT
        record.*,
        target_of(pick(body, '$.subject.reference')) AS person_id,
        pick(body, '$.status') AS status,
        coalesce(pick(body, '$.intent'), 'order') AS intent,
        coalesce(pick(body, '$.doNotPerform'), 'false') AS do_not,
        target_of(pick(body, '$.authorizingPrescription[0].reference')) AS prescription,
        coalesce(
            day_of(pick(body, '$.whenHandedOver')), day_of(pick(body, '$.whenPrepared')), day_of(pick(body, '$.authoredOn'))
        ) AS date,
        coalesce(json_extract(body, '$.daysSupply'), json_extract(body, '$.dispenseRequest.expectedSupplyDuration')) AS days,
        TRY_CAST(coalesce(
            pick(body, '$.quantity.value'), pick(body, '$.dispenseRequest.quantity.value')
        ) AS DOUBLE) AS quantity,
        items(body, '$.medicationCodeableConcept.coding') AS own_codings,
        coalesce(
            pick(body, '$.medicationCodeableConcept.text'), pick(body, '$.medicationCodeableConcept.coding[0].display')
        ) AS name,
        pick(body, '$.medicationReference.reference') AS medicine
    FROM record
    WHERE type IN ('MedicationRequest', 'MedicationDispense')
),
named AS (
    SELECT
        stated.* EXCLUDE (own_codings),
        CASE
            WHEN len(own_codings) > 0 THEN own_codings
            WHEN medicine LIKE '#%' THEN items(list_filter(
                items(stated.body, '$.contained'), lambda held: '#' || json_extract_string(held, '$.id') = medicine
            )[1], '$.code.coding')
            ELSE items(medication.body, '$.code.coding')
        END AS codings
    FROM stated
    LEFT JOIN record AS medication
        ON medication.type = 'Medication' AND medication.id = target_of(medicine) AND medication.problem IS NULL
        AND medication.omitted IS NULL
),
billed AS (
    SELECT
        bill.seq, bill.id, bill.type, bill.person_id, bill.omitted, bill.problem, start_date AS date, created,
        allowed_amount, paid_amount,
        coalesce(bill.prescription, target_of(pick(asked.body, '$.prescription.reference'))) AS prescription,
        items(bill.body, '$.item[0].productOrService.coding') AS codings,
        coalesce(
            pick(bill.body, '$.item[0].productOrService.text'), pick(bill.body, '$.item[0].productOrService.coding[0].display')
        ) AS name,
        TRY_CAST(pick(bill.body, '$.item[0].quantity.value') AS DOUBLE) AS quantity,
        json_extract(list_filter(
            items(bill.body, '$.supportingInfo'),
            lambda fact: list_contains(
                CAST(json_extract_string(fact, '$.category.coding[*].code') AS VARCHAR[]), 'dayssupply'
            )
        )[1], '$.valueQuantity') AS days
    FROM bill
    LEFT JOIN record AS asked
        ON asked.type = 'Claim' AND asked.id = bill.answers AND asked.problem IS NULL AND asked.omitted IS NULL
    WHERE bill.type = 'ExplanationOfBenefit' AND bill.kind = 'pharmacy'
),
filled AS (
    SELECT prescription FROM billed WHERE problem IS NULL AND omitted IS NULL AND prescription IS NOT NULL
),
dispensed AS (
    SELECT prescription FROM named
    WHERE type = 'MedicationDispense' AND problem IS NULL AND omitted IS NULL AND status IN ('completed', 'in-progress')
        AND date IS NOT NULL AND prescription IS NOT NULL
),
every AS (
    SELECT
        seq, id, type, person_id, date, date AS known_date, days, quantity, codings, name, NULL AS allowed_amount,
        NULL AS paid_amount, problem,
        CASE
            WHEN omitted IS NOT NULL THEN omitted
            WHEN type = 'MedicationDispense' AND status NOT IN ('completed', 'in-progress') THEN 'status ' || status
            WHEN type = 'MedicationRequest' AND status NOT IN ('active', 'completed', 'stopped') THEN 'status ' || status
            WHEN type = 'MedicationRequest' AND intent NOT LIKE '%order' THEN 'intent ' || intent
            WHEN do_not = 'true' THEN 'doNotPerform'
            WHEN type = 'MedicationDispense' AND prescription IN (FROM filled)
                THEN 'billed, and read as its pharmacy claim'
            WHEN type = 'MedicationRequest' AND id IN (FROM filled) THEN 'billed, and read as its pharmacy claim'
            WHEN type = 'MedicationRequest' AND id IN (FROM dispensed) THEN 'dispensed, and read as its dispense'
        END AS omitted
    FROM named
    UNION ALL BY NAME
    SELECT
        billed.seq, billed.id, billed.type, billed.person_id, billed.date, greatest(billed.created, billed.date) AS known_date,
        coalesce(billed.days, asked.days) AS days, coalesce(billed.quantity, asked.quantity) AS quantity,
        CASE WHEN asked.seq IS NULL THEN billed.codings ELSE asked.codings END AS codings,
        CASE WHEN asked.seq IS NULL THEN billed.name ELSE asked.name END AS name, allowed_amount, paid_amount, billed.problem,
        billed.omitted
    FROM billed
    LEFT JOIN named AS asked
        ON asked.type = 'MedicationRequest' AND asked.id = billed.prescription AND asked.problem IS NULL
        AND asked.omitted IS NULL
),
typed AS (
    SELECT
        every.*,
        known.person_id IS NOT NULL AS is_known,
        code_in(codings, 'http://www.nlm.nih.gov/research/umls/rxnorm') AS rxnorm,
        code_in(codings, 'http://www.whocc.no/atc') AS stated_atc,
        pick(days, '$.value') IS NOT NULL AS has_days,
        TRY_CAST(pick(days, '$.value') AS DOUBLE) * CASE lower(coalesce(pick(days, '$.code'), pick(days, '$.unit'), 'd'))
            WHEN 'wk' THEN 7 WHEN 'mo' THEN 30 WHEN 'a' THEN 365 WHEN 'd' THEN 1 WHEN 'day' THEN 1 WHEN 'days' THEN 1
        END AS days_supply
    FROM every
    LEFT JOIN known USING (person_id)
)
SELECT
    seq, id, type, person_id, date AS fill_date, known_date AS available_date, allowed_amount, paid_amount, quantity,
    CAST(CASE WHEN days_supply BETWEEN 0 AND 400 THEN round(days_supply) END AS INTEGER) AS days_supply,
    has_days AND coalesce(days_supply NOT BETWEEN 0 AND 400, TRUE) AS has_strange_days,
    coalesce(rxnorm, pick(codings[1], '$.code'), name) AS drug_code,
    coalesce(name, pick(codings[1], '$.display'), pick(codings[1], '$.code'), 'no name') AS name,
    coalesce(stated_atc, (SELECT min(atc) FROM rxnorm_atc WHERE rxnorm_atc.rxnorm = typed.rxnorm)) AS atc_code,
    omitted,
    CASE
        WHEN problem IS NOT NULL THEN problem
        WHEN NOT is_known THEN 'nobody of the patients'
        WHEN date IS NULL THEN 'no date'
        WHEN is_beyond(date) THEN 'a date before 1800 or after today'
    END AS problem
FROM typed
