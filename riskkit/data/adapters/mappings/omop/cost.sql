-- Costs, each with the record that it pays for and what becomes of it. A source may repeat the amounts of a whole claim on
-- each record of its visit; where the records of most visits come in such copies, each set of amounts counts once per visit.
CREATE TEMP TABLE cost_row AS
WITH event AS (
    SELECT 'visit' AS domain, visit_id AS event_id, visit_id, problem IS NOT NULL AS is_aside FROM visit
    UNION ALL SELECT 'visit detail', visit_detail_id, visit_occurrence_id, FALSE FROM visit_detail_text
    UNION ALL SELECT 'procedure', procedure_occurrence_id, visit_occurrence_id, FALSE FROM procedure_occurrence_text
    UNION ALL SELECT 'measurement', measurement_id, visit_occurrence_id, FALSE FROM measurement_text
    UNION ALL SELECT 'observation', observation_id, visit_occurrence_id, FALSE FROM observation_text
    UNION ALL SELECT 'condition', condition_occurrence_id, visit_occurrence_id, FALSE FROM condition_occurrence_text
    UNION ALL SELECT 'device', device_exposure_id, visit_occurrence_id, FALSE FROM device_exposure_text
    UNION ALL SELECT 'drug', row_id, NULL, problem IS NOT NULL FROM fill
),
currency AS (
    SELECT currency_concept_id FROM cost_text WHERE currency_concept_id <> '0'
    GROUP BY currency_concept_id ORDER BY count(*) DESC, currency_concept_id LIMIT 1
),
typed AS (
    SELECT
        cost_id AS row_id, cost_event_id AS event_id, currency_concept_id,
        regexp_replace(replace(lower(cost_domain_id), '_', ' '), ' (occurrence|exposure)$', '') AS domain,
        money(total_paid) AS total, money(amount_allowed) AS agreed, money(paid_by_payer) AS payer,
        coalesce(
            money(paid_by_patient),
            CASE WHEN coalesce(paid_patient_copay, paid_patient_coinsurance, paid_patient_deductible) IS NOT NULL
                THEN coalesce(money(paid_patient_copay), 0) + coalesce(money(paid_patient_coinsurance), 0)
                    + coalesce(money(paid_patient_deductible), 0) END
        ) AS patient,
        money(paid_by_primary) AS other, drg_source_value AS drg_code
    FROM cost_text
),
priced AS (
    SELECT
        *,
        coalesce(
            agreed, payer + patient + coalesce(other, 0), total,
            CASE WHEN coalesce(payer, patient, other) IS NOT NULL
                THEN coalesce(payer, 0) + coalesce(patient, 0) + coalesce(other, 0) END
        ) AS allowed,
        -- A patient who paid more than the total leaves nothing to the payer.
        coalesce(payer, greatest(total - coalesce(patient, 0) - coalesce(other, 0), least(total, 0))) AS paid
    FROM typed
)
SELECT
    priced.*, event.visit_id,
    CASE
        WHEN event.event_id IS NULL THEN 'no such record: ' || priced.domain
        WHEN is_aside OR (event.visit_id IS NOT NULL AND event.visit_id NOT IN (SELECT visit_id FROM sound_visit))
            THEN 'its visit or drug is not there, or set aside'
        WHEN currency_concept_id NOT IN (SELECT currency_concept_id FROM currency) AND currency_concept_id <> '0'
            THEN 'another currency than most: concept ' || currency_concept_id
        WHEN priced.domain = 'drug' AND least(
            sum(allowed) OVER (PARTITION BY priced.domain, priced.event_id),
            sum(paid) OVER (PARTITION BY priced.domain, priced.event_id)
        ) < 0 THEN 'a drug that cost less than nothing'
    END AS problem,
    CASE
        WHEN allowed IS NULL THEN 'nothing allowed or paid is stated'
        WHEN event.visit_id IS NULL AND priced.domain <> 'drug' THEN 'of a record without a visit: ' || priced.domain
    END AS omitted
FROM priced LEFT JOIN event ON event.domain = priced.domain AND event.event_id = priced.event_id;
CREATE TEMP TABLE record_cost AS
SELECT
    visit_id, domain, event_id, sum(allowed) AS allowed,
    list((total, allowed, paid, patient, other) ORDER BY allowed, paid, patient, other, total) AS amounts
FROM cost_row
WHERE problem IS NULL AND omitted IS NULL AND domain NOT IN ('visit', 'drug')
GROUP BY visit_id, domain, event_id;
CREATE TEMP TABLE repetition AS
SELECT
    count(*) AS visits, count(*) FILTER (sets * 2 <= records) AS repeating,
    count(*) FILTER (sets * 2 <= records) * 2 > count(*) AS is_rule
FROM (
    SELECT visit_id, count(*) AS records, count(DISTINCT amounts) AS sets
    FROM record_cost WHERE allowed <> 0 GROUP BY visit_id HAVING count(*) > 1
);
CREATE TEMP TABLE charge AS
WITH marked AS (
    SELECT
        record_cost.*,
        is_rule AND row_number() OVER (PARTITION BY visit_id, amounts ORDER BY domain, place_of(event_id)) > 1 AS is_copy
    FROM record_cost, repetition
),
own AS (
    SELECT visit_id, sum(allowed) AS allowed FROM cost_row
    WHERE problem IS NULL AND omitted IS NULL AND domain = 'visit' GROUP BY visit_id
),
whole AS (
    SELECT own.visit_id FROM own JOIN marked USING (visit_id)
    GROUP BY own.visit_id, own.allowed HAVING own.allowed >= sum(marked.allowed) FILTER (NOT is_copy)
)
SELECT
    cost_row.* EXCLUDE (omitted),
    CASE
        WHEN cost_row.problem IS NOT NULL OR cost_row.omitted IS NOT NULL THEN cost_row.omitted
        WHEN is_copy THEN 'repeats the amounts of another record of its visit'
        WHEN marked.event_id IS NOT NULL AND whole.visit_id IS NOT NULL THEN 'part of the visit''s own cost'
    END AS omitted
FROM cost_row
LEFT JOIN marked
    ON marked.visit_id = cost_row.visit_id AND marked.domain = cost_row.domain AND marked.event_id = cost_row.event_id
LEFT JOIN whole ON whole.visit_id = cost_row.visit_id
