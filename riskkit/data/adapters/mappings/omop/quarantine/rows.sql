-- Rows that are set aside, as they were read, with the reason.
WITH held AS (
    SELECT 'person' AS source_table, person_id AS row_id, to_json(t) AS body FROM person_text AS t
    UNION ALL SELECT 'death', person_id || ' ' || death_date, to_json(t) FROM death_text AS t
    UNION ALL SELECT 'payer_plan_period', payer_plan_period_id, to_json(t) FROM payer_plan_period_text AS t
    UNION ALL SELECT 'observation_period', observation_period_id, to_json(t) FROM observation_period_text AS t
    UNION ALL SELECT 'visit_occurrence', visit_occurrence_id, to_json(t) FROM visit_occurrence_text AS t
    UNION ALL SELECT 'condition_occurrence', condition_occurrence_id, to_json(t) FROM condition_occurrence_text AS t
    UNION ALL SELECT 'procedure_occurrence', procedure_occurrence_id, to_json(t) FROM procedure_occurrence_text AS t
    UNION ALL SELECT 'drug_exposure', drug_exposure_id, to_json(t) FROM drug_exposure_text AS t
    UNION ALL SELECT 'measurement', measurement_id, to_json(t) FROM measurement_text AS t
    UNION ALL SELECT 'observation', observation_id, to_json(t) FROM observation_text AS t
    UNION ALL SELECT 'cost', cost_id, to_json(t) FROM cost_text AS t
)
SELECT source_table, row_id, problem AS reason, CAST(body AS VARCHAR) AS body
FROM fate JOIN held USING (source_table, row_id)
WHERE problem IS NOT NULL
ORDER BY source_table, row_id
