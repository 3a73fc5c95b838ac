-- Measurements and observations that are no diagnoses: analyte by LOINC code, unit by UCUM, and what is wrong with them.
-- Smoking is an answer that stands for a level.
CREATE TEMP TABLE result AS
WITH stated AS (
    SELECT
        'measurement' AS source_table, measurement_id AS row_id, person_id, CAST(measurement_date AS DATE) AS date,
        measurement_concept_id AS concept_id, measurement_source_concept_id AS source_concept_id,
        measurement_source_value AS source_value, value_as_number, value_as_concept_id, value_source_value AS answer,
        unit_concept_id, unit_source_value, operator_concept_id
    FROM measurement_text
    UNION ALL
    SELECT
        'observation', observation_id, person_id, CAST(observation_date AS DATE), observation_concept_id,
        observation_source_concept_id, observation_source_value, value_as_number, value_as_concept_id,
        coalesce(value_as_string, value_source_value), unit_concept_id, unit_source_value, NULL
    FROM observation_text
),
looked_up AS (
    SELECT
        stated.*,
        CASE
            WHEN source.vocabulary_id = 'LOINC' THEN source.concept_code
            WHEN standard.vocabulary_id = 'LOINC' THEN standard.concept_code
            WHEN source.vocabulary_id IS NULL AND regexp_full_match(source_value, '\d{1,7}-\d') THEN source_value
        END AS loinc,
        named(coalesce(standard.concept_name, source.concept_name), source_value, stated.concept_id) AS name,
        coalesce(smoking.value, CASE
            WHEN answer ILIKE 'never%' THEN '0' WHEN answer ILIKE 'former%' OR answer ILIKE 'ex-%' THEN '1'
            WHEN answer ILIKE '%smoke%' AND answer NOT ILIKE '%unknown if ever%' THEN '2'
        END) AS smoking,
        coalesce(CAST(value_as_number AS DOUBLE), TRY_CAST(regexp_extract(answer, '^-?\d+(\.\d+)?$') AS DOUBLE)) AS number,
        coalesce(u.unit, s.unit, unit_word.value, unit_source_value, unit.concept_code) AS stated_unit
    FROM stated
    LEFT JOIN concept_text AS source ON source.concept_id = source_concept_id AND source_concept_id <> '0'
    LEFT JOIN concept_text AS standard ON standard.concept_id = stated.concept_id AND stated.concept_id <> '0'
    LEFT JOIN concept_text AS unit ON unit.concept_id = unit_concept_id AND unit_concept_id <> '0'
    LEFT JOIN concept_text AS said ON said.concept_id = value_as_concept_id AND value_as_concept_id <> '0'
    LEFT JOIN word_list AS smoking ON smoking.list = 'smoking' AND smoking.word = said.concept_code
    LEFT JOIN word_list AS unit_word ON unit_word.list = 'unit' AND unit_word.word = unit_concept_id
    LEFT JOIN ucum_unit AS u ON spelt(u.ucum) = spelt(unit.concept_code)
    LEFT JOIN ucum_unit AS s ON spelt(s.ucum) = spelt(unit_source_value)
    WHERE (source_table, row_id) NOT IN (SELECT (source_table, row_id) FROM statement WHERE rank > 1)
),
typed AS (
    SELECT
        looked_up.*,
        CASE WHEN looked_up.loinc = '72166-2' THEN 'smoking' ELSE coalesce(t.analyte, 'loinc_' || replace(looked_up.loinc, '-', '_')) END
            AS analyte,
        CASE WHEN looked_up.loinc = '72166-2' THEN CAST(smoking AS DOUBLE) ELSE number END AS value,
        CASE
            WHEN looked_up.loinc = '72166-2' THEN 'level'
            WHEN t.analyte = 'egfr' AND spelt(stated_unit) = 'ml/min' THEN 'mL/min/1.73m2'
            WHEN t.analyte IS NULL THEN coalesce(stated_unit, 'none')
            ELSE stated_unit
        END AS unit_name
    FROM looked_up LEFT JOIN loinc_analytes AS t ON t.loinc = looked_up.loinc
)
SELECT
    typed.* EXCLUDE (unit_source_value), coalesce(bound.unit, unit_name) AS unit,
    operator_concept_id IN (SELECT word FROM word_list WHERE list = 'operator') AS is_censored,
    CASE
        WHEN typed.analyte IS NULL THEN 'no LOINC code: ' || name
        WHEN value IS NULL THEN 'no number: ' || name
    END AS omitted,
    CASE
        WHEN known.person_id IS NULL THEN 'nobody of the persons'
        WHEN date > current_date THEN 'a date in the future'
        WHEN typed.analyte IS NULL OR value IS NULL THEN NULL
        WHEN unit_name IS NULL THEN 'no unit: ' || typed.analyte
        WHEN bound.unit IS NULL AND typed.analyte IN (SELECT bound.analyte FROM bound)
            THEN 'unit not one of ' || typed.analyte || ': ' || unit_name
        WHEN value * slope + shift NOT BETWEEN lowest AND highest THEN 'not plausible: ' || typed.analyte
    END AS problem
FROM typed
LEFT JOIN known USING (person_id)
LEFT JOIN bound ON bound.analyte = typed.analyte AND spelt(bound.unit) = spelt(unit_name)
