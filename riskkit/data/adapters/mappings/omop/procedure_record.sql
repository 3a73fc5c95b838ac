-- Procedures that are no diagnoses; the vocabulary is that of the source's concept, else told by the shape of the code.
CREATE TEMP TABLE procedure_record AS
WITH looked_up AS (
    SELECT
        p.procedure_occurrence_id AS row_id, p.person_id, p.visit_occurrence_id AS visit_id,
        CAST(p.procedure_date AS DATE) AS date, p.procedure_source_value AS source_value,
        nullif(source.vocabulary_id, 'None') AS source_vocabulary, source.concept_code AS source_code,
        nullif(standard.vocabulary_id, 'None') AS standard_vocabulary, standard.concept_code AS standard_code,
        named(coalesce(standard.concept_name, source.concept_name), p.procedure_source_value, p.procedure_concept_id) AS name
    FROM procedure_occurrence_text AS p
    LEFT JOIN concept_text AS source
        ON source.concept_id = p.procedure_source_concept_id AND p.procedure_source_concept_id <> '0'
    LEFT JOIN concept_text AS standard ON standard.concept_id = p.procedure_concept_id AND p.procedure_concept_id <> '0'
    WHERE p.procedure_occurrence_id NOT IN (SELECT row_id FROM statement WHERE source_table = 'procedure_occurrence')
),
chosen AS (
    SELECT
        looked_up.*,
        CASE
            WHEN source_vocabulary IS NULL THEN coalesce(source_value, standard_code)
            WHEN bare(source_code) = bare(source_value) THEN source_value
            ELSE source_code
        END AS code,
        CASE
            WHEN source_vocabulary IS NOT NULL THEN source_vocabulary
            WHEN source_value IS NULL THEN standard_vocabulary
        END AS word
    FROM looked_up
)
SELECT
    chosen.* EXCLUDE (word), sound_visit.end_date AS visit_end,
    coalesce(
        word_list.value, lower(chosen.word),
        CASE
            WHEN regexp_full_match(code, '\d{4}[0-9FTUM]') THEN 'cpt4'
            WHEN regexp_full_match(code, '[A-V]\d{4}') THEN 'hcpcs'
            WHEN regexp_full_match(code, '\d{2}(\.?\d{1,2})') THEN 'icd9cm'
            WHEN regexp_full_match(code, '[0-9A-HJ-NP-Z]{7}') AND regexp_matches(code, '[A-Z]') THEN 'icd10pcs'
            WHEN regexp_full_match(code, '\d{6,18}') THEN 'snomed'
            ELSE 'local'
        END
    ) AS vocabulary,
    CASE
        WHEN known.person_id IS NULL THEN 'nobody of the persons'
        WHEN sound_visit.person_id <> chosen.person_id THEN 'of another person than its visit'
        WHEN date > current_date THEN 'a date in the future'
    END AS problem,
    CASE
        WHEN sound_visit.visit_id IS NULL THEN 'without a visit: ' || name
        WHEN code IS NULL THEN 'without a code: ' || name
    END AS omitted
FROM chosen
LEFT JOIN known USING (person_id)
LEFT JOIN sound_visit USING (visit_id)
LEFT JOIN word_list ON word_list.list = 'procedure_vocabulary' AND word_list.word = chosen.word
