-- Visits, typed. The setting is that of the visit's concept, of the nearest concept above it, or of the place of service.
CREATE TEMP TABLE visit AS
WITH broader AS (
    SELECT a.descendant_concept_id AS concept_id, arg_min(w.value, (CAST(a.min_levels_of_separation AS INTEGER), w.word)) AS value
    FROM concept_ancestor_text AS a JOIN word_list AS w ON w.list = 'visit' AND w.word = a.ancestor_concept_id
    GROUP BY a.descendant_concept_id
),
typed AS (
    SELECT
        v.visit_occurrence_id AS visit_id, v.person_id, v.visit_concept_id, v.care_site_id AS facility_id,
        CAST(v.visit_start_date AS DATE) AS start_date,
        CAST(coalesce(v.visit_end_date, v.visit_start_date) AS DATE) AS end_date,
        v.visit_end_date IS NULL AS is_open,
        coalesce(by_concept.value, broader.value) AS stated, by_place.value AS placed,
        admit.value AS admission_source,
        nullif(v.discharged_to_concept_id, '0') AS discharged_to, discharge.value AS discharged
    FROM visit_occurrence_text AS v
    LEFT JOIN care_site_text AS c USING (care_site_id)
    LEFT JOIN word_list AS by_concept ON by_concept.list = 'visit' AND by_concept.word = v.visit_concept_id
    LEFT JOIN broader ON broader.concept_id = v.visit_concept_id
    LEFT JOIN word_list AS by_place ON by_place.list = 'visit' AND by_place.word = c.place_of_service_concept_id
    LEFT JOIN word_list AS admit ON admit.list = 'admit' AND admit.word = v.admitted_from_concept_id
    LEFT JOIN word_list AS discharge ON discharge.list = 'discharge' AND discharge.word = v.discharged_to_concept_id
)
SELECT
    typed.* EXCLUDE (discharged, admission_source), coalesce(stated, placed, 'outpatient') AS setting,
    CASE WHEN coalesce(stated, placed) = 'inpatient' THEN admission_source END AS admission_source,
    CASE
        WHEN coalesce(stated, placed, 'outpatient') <> 'inpatient' THEN NULL
        WHEN known.death_date <= end_date THEN 'died'
        ELSE coalesce(discharged, CASE WHEN discharged_to IS NOT NULL THEN 'other' END)
    END AS discharge_status,
    CASE
        WHEN known.person_id IS NULL THEN 'nobody of the persons'
        WHEN end_date < start_date THEN 'ends before it begins'
        WHEN end_date > current_date THEN 'a date in the future'
    END AS problem
FROM typed LEFT JOIN known USING (person_id);
CREATE TEMP TABLE sound_visit AS SELECT * FROM visit WHERE problem IS NULL
