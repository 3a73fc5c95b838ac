-- Records that may state a diagnosis: conditions, and what the vocabulary moved to another table though its source is an ICD
-- code. Their codes are those of the source, else the term map's for the SNOMED CT disorder; each once per visit.
CREATE TEMP TABLE statement AS
WITH stated AS (
    SELECT
        'condition_occurrence' AS source_table, 1 AS rank, condition_occurrence_id AS row_id, person_id,
        visit_occurrence_id AS visit_id, CAST(condition_start_date AS DATE) AS date, condition_source_value AS source_value,
        condition_source_concept_id AS source_concept_id, condition_concept_id AS concept_id,
        condition_type_concept_id AS type_id, condition_status_concept_id AS status_id
    FROM condition_occurrence_text
    UNION ALL
    SELECT
        'observation', 2, observation_id, person_id, visit_occurrence_id, CAST(observation_date AS DATE),
        observation_source_value, observation_source_concept_id, observation_concept_id, NULL, NULL
    FROM observation_text
    UNION ALL
    SELECT
        'procedure_occurrence', 3, procedure_occurrence_id, person_id, visit_occurrence_id, CAST(procedure_date AS DATE),
        procedure_source_value, procedure_source_concept_id, procedure_concept_id, NULL, NULL
    FROM procedure_occurrence_text
    UNION ALL
    SELECT
        'measurement', 4, measurement_id, person_id, visit_occurrence_id, CAST(measurement_date AS DATE),
        measurement_source_value, measurement_source_concept_id, measurement_concept_id, NULL, NULL
    FROM measurement_text
),
looked_up AS (
    SELECT
        stated.*, nullif(source.vocabulary_id, 'None') AS source_vocabulary, source.concept_code AS source_code,
        CASE WHEN standard.vocabulary_id = 'SNOMED' THEN standard.concept_code END AS snomed,
        coalesce(source.concept_name, standard.concept_name) AS name, word.value AS vocabulary,
        coalesce(status.concept_name ILIKE 'primary%' OR kind.concept_name ILIKE '%primary%', FALSE) AS is_primary,
        coalesce(TRY_CAST(regexp_extract(kind.concept_name, '(\d+)(st|nd|rd|th) position', 1) AS INTEGER), 1) AS slot
    FROM stated
    LEFT JOIN concept_text AS source ON source.concept_id = source_concept_id AND source_concept_id <> '0'
    LEFT JOIN concept_text AS standard ON standard.concept_id = stated.concept_id AND stated.concept_id <> '0'
    LEFT JOIN concept_text AS status ON status.concept_id = status_id
    LEFT JOIN concept_text AS kind ON kind.concept_id = type_id
    LEFT JOIN word_list AS word ON word.list = 'diagnosis_vocabulary' AND word.word = source.vocabulary_id
)
SELECT
    looked_up.* EXCLUDE (vocabulary),
    CASE
        WHEN vocabulary IS NOT NULL THEN vocabulary
        WHEN rank > 1 OR source_vocabulary IS NOT NULL THEN NULL
        WHEN regexp_full_match(source_value, '\d{3}(\.?\d{1,2})?') THEN 'icd9cm'
        WHEN date < DATE '2015-10-01' AND regexp_full_match(source_value, '(V\d{2}(\.?\d{1,2})?|E\d{3}(\.?\d)?)') THEN 'icd9cm'
        WHEN regexp_full_match(source_value, '[A-Z]\d[0-9A-Z](\.?[0-9A-Z]{1,4})?') THEN 'icd10cm'
    END AS vocabulary,
    CASE
        WHEN rank = 1 AND source_vocabulary = 'SNOMED' AND source_code IN (SELECT snomed FROM snomed_icd10cm) THEN source_code
        WHEN rank = 1 AND looked_up.snomed IN (SELECT snomed FROM snomed_icd10cm) THEN looked_up.snomed
        WHEN rank = 1 AND source_vocabulary IS NULL AND source_value IN (SELECT snomed FROM snomed_icd10cm) THEN source_value
    END AS disorder,
    sound_visit.visit_id AS record_visit, sound_visit.end_date AS visit_end, sound_visit.setting,
    CASE
        WHEN known.person_id IS NULL THEN 'nobody of the persons'
        WHEN sound_visit.person_id <> looked_up.person_id THEN 'of another person than its visit'
        WHEN date > current_date THEN 'a date in the future'
    END AS problem
FROM looked_up LEFT JOIN known USING (person_id) LEFT JOIN sound_visit USING (visit_id)
WHERE rank = 1 OR vocabulary IS NOT NULL;
CREATE TEMP TABLE coded AS
WITH choice AS (
    SELECT
        statement.*, vocabulary AS code_vocabulary,
        CASE WHEN source_code IS NULL OR bare(source_code) = bare(source_value) THEN coalesce(source_value, source_code)
            ELSE source_code END AS code
    FROM statement WHERE vocabulary IS NOT NULL
    UNION ALL
    SELECT statement.*, 'icd10cm', s.icd10cm
    FROM statement JOIN snomed_icd10cm AS s ON s.snomed = disorder
    WHERE vocabulary IS NULL
),
held AS (
    SELECT
        source_table, row_id, rank, slot, is_primary, person_id, date, greatest(date, visit_end) AS available_date, code,
        code_vocabulary AS vocabulary, coalesce(record_visit, source_table || '/' || row_id) AS record_id,
        CASE WHEN record_visit IS NULL THEN 'registry' ELSE setting END AS source
    FROM choice WHERE problem IS NULL
)
SELECT * FROM held
QUALIFY row_number() OVER (
    PARTITION BY record_id, bare(code), vocabulary ORDER BY rank, is_primary DESC, slot, place_of(row_id)
) = 1
