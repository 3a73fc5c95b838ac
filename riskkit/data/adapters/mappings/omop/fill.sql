-- Drugs: the RxNorm code and its ATC class, by the term map, else the nearest class of the fifth level above the concept,
-- else by the ingredient with which RxNorm begins the name of a drug that has one alone, without its salt.
CREATE TEMP TABLE fill AS
WITH class AS (
    SELECT
        a.descendant_concept_id AS concept_id,
        arg_min(c.concept_code, (CAST(a.min_levels_of_separation AS INTEGER), c.concept_code)) AS atc
    FROM concept_ancestor_text AS a JOIN concept_text AS c ON c.concept_id = a.ancestor_concept_id
    WHERE c.vocabulary_id = 'ATC' AND c.concept_class_id = 'ATC 5th'
    GROUP BY a.descendant_concept_id
),
drug_name AS (SELECT name, min(atc_code) AS atc FROM drug_list GROUP BY name HAVING count(DISTINCT atc_code) = 1),
looked_up AS (
    SELECT
        d.drug_exposure_id AS row_id, d.person_id, d.visit_occurrence_id AS visit_id,
        CAST(d.drug_exposure_start_date AS DATE) AS date, d.drug_source_value AS source_value, d.drug_concept_id,
        source.vocabulary_id AS source_vocabulary,
        CASE
            WHEN standard.vocabulary_id IN ('RxNorm', 'RxNorm Extension') THEN standard.concept_code
            WHEN source.vocabulary_id = 'RxNorm' THEN source.concept_code
        END AS rxnorm,
        TRY_CAST(d.days_supply AS DOUBLE) AS days, CAST(d.quantity AS DOUBLE) AS quantity,
        CAST(d.refills AS DOUBLE) AS refills,
        named(coalesce(standard.concept_name, source.concept_name), d.drug_source_value, d.drug_concept_id) AS name,
        CASE WHEN standard.vocabulary_id LIKE 'RxNorm%' AND standard.concept_name NOT LIKE '% / %' THEN regexp_replace(
            lower(regexp_extract(standard.concept_name || ' 0', '^(\d+(\.\d+)? (HR|ML|MG|ACTUAT) )*(\D+?) \d', 4)),
            ' (hydrochloride|potassium|sodium|calcium|maleate|succinate|tartrate|besylate|mesylate|fumarate|bisulfate)$', ''
        ) END AS ingredient
    FROM drug_exposure_text AS d
    LEFT JOIN concept_text AS source ON source.concept_id = d.drug_source_concept_id AND d.drug_source_concept_id <> '0'
    LEFT JOIN concept_text AS standard ON standard.concept_id = d.drug_concept_id AND d.drug_concept_id <> '0'
)
SELECT
    looked_up.* EXCLUDE (ingredient),
    coalesce(looked_up.rxnorm, source_value) AS drug_code,
    coalesce(r.atc, class.atc, drug_name.atc) AS atc_code,
    r.atc IS NULL AND class.atc IS NULL AND drug_name.atc IS NOT NULL AS is_by_name,
    CASE WHEN days BETWEEN 0 AND 400 AND days = floor(days) THEN CAST(days AS INTEGER) END AS days_supply,
    CASE
        WHEN known.person_id IS NULL THEN 'nobody of the persons'
        WHEN date > current_date THEN 'a date in the future'
    END AS problem
FROM looked_up
LEFT JOIN known USING (person_id)
LEFT JOIN rxnorm_atc AS r ON r.rxnorm = coalesce(looked_up.rxnorm, CASE WHEN source_vocabulary IS NULL THEN source_value END)
LEFT JOIN class ON class.concept_id = looked_up.drug_concept_id
LEFT JOIN drug_name ON drug_name.name = ingredient
