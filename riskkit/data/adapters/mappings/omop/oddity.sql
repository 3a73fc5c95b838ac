-- What has no place, what is set aside and what needed a decision, with counts.
CREATE TEMP TABLE oddity AS
FROM (
    SELECT 1 AS part, source_table || ': ' || omitted AS what, count(*) AS number, 'not mapped' AS reason
    FROM fate WHERE omitted IS NOT NULL GROUP BY ALL
    UNION ALL
    SELECT 2, source_table || ': ' || problem, count(*), 'set aside in quarantine/rows.parquet'
    FROM fate WHERE problem IS NOT NULL GROUP BY ALL
    UNION ALL
    SELECT 3, 'drugs without an ATC class: ' || name, count(*), 'drug_code holds ' || coalesce(any_value(drug_code), 'nothing')
    FROM fill WHERE problem IS NULL AND atc_code IS NULL GROUP BY name
    UNION ALL
    SELECT 4, 'results without an analyte of the contract: ' || name, count(*), 'kept under ' || analyte
    FROM result WHERE problem IS NULL AND omitted IS NULL AND analyte LIKE 'loinc_%' GROUP BY name, analyte
    UNION ALL
    SELECT 5, 'persons of gender concept ' || gender_concept_id, count(*), 'sex left empty' FROM member
    WHERE problem IS NULL AND sex IS NULL GROUP BY gender_concept_id
    UNION ALL
    SELECT 5, 'persons without a day of birth', count(*), 'born on 1 July of the year, or on the 15th of the month' FROM member
    WHERE problem IS NULL AND is_set_midway
    UNION ALL
    SELECT 5, 'persons whose year_of_birth is not that of birth_datetime', count(*), 'birth_datetime stands' FROM member
    WHERE problem IS NULL AND has_two_births
    UNION ALL
    SELECT 5, 'persons without a state', count(*), 'region left empty' FROM known WHERE region IS NULL
    UNION ALL
    SELECT 5, 'persons without a payer plan period', count(*), 'enrolled while observed' FROM known
    WHERE person_id NOT IN (SELECT person_id FROM period WHERE source_table = 'payer_plan_period' AND problem IS NULL)
    UNION ALL
    SELECT 5, 'periods that outlast death', count(*), 'they end with the day of death' FROM period
    WHERE problem IS NULL AND omitted IS NULL AND is_cut
    UNION ALL
    SELECT 5, 'visits of concept ' || visit_concept_id || ', which says no setting', count(*),
        'setting ' || setting || CASE WHEN placed IS NOT NULL THEN ', by the place of service of the care site' ELSE '' END
    FROM sound_visit WHERE stated IS NULL GROUP BY visit_concept_id, setting, placed IS NOT NULL
    UNION ALL
    SELECT 5, 'visits without an end', count(*), 'they end on the day they begin' FROM sound_visit WHERE is_open
    UNION ALL
    SELECT 5, 'stays discharged to concept ' || discharged_to, count(*), 'discharge_status other' FROM sound_visit
    WHERE discharge_status = 'other' GROUP BY discharged_to
    UNION ALL
    SELECT 5, 'diagnoses without a visit', count(*), 'kept as a register''s, under their own name' FROM coded WHERE source = 'registry'
    UNION ALL
    SELECT 5, 'diagnoses out of ' || source_table, count(*), 'an ICD code of the source, which the vocabulary moved there'
    FROM coded WHERE rank > 1 GROUP BY source_table
    UNION ALL
    SELECT 5, 'procedures whose vocabulary is told by the shape of the code', count(*), 'kept as ' || vocabulary
    FROM procedure_record WHERE problem IS NULL AND omitted IS NULL AND source_vocabulary IS NULL GROUP BY vocabulary
    UNION ALL
    SELECT 5, 'drugs given at a visit, by a procedure code', count(*), 'kept among the fills' FROM fill
    WHERE problem IS NULL AND source_vocabulary IN ('HCPCS', 'CPT4')
    UNION ALL
    SELECT 5, 'drugs whose ATC class is told by the name of their one ingredient', count(*), 'the class of the list of drug names'
    FROM fill WHERE problem IS NULL AND is_by_name
    UNION ALL
    SELECT 5, 'supplies that are no days from 0 to 400', count(*), 'days_supply left empty' FROM fill
    WHERE problem IS NULL AND days IS NOT NULL AND days_supply IS NULL
    UNION ALL
    SELECT 5, 'drugs with refills', count(*), 'one fill, on the first day; the others have no dates' FROM fill
    WHERE problem IS NULL AND refills > 0
    UNION ALL
    SELECT 5, 'results stated as below or above a number', count(*), 'the number is kept' FROM result
    WHERE problem IS NULL AND omitted IS NULL AND is_censored
    UNION ALL
    SELECT 5, 'costs whose total_paid is not the sum of its parts', count(*), 'the parts stand' FROM charge
    WHERE problem IS NULL AND total <> payer + patient + coalesce(other, 0)
    UNION ALL
    SELECT 5, 'costs without paid_by_payer', count(*), 'paid_amount is total_paid without the shares of the patient and the primary payer'
    FROM charge WHERE problem IS NULL AND omitted IS NULL AND payer IS NULL AND paid IS NOT NULL
    UNION ALL
    SELECT 5, 'costs without paid_by_payer whose other shares exceed total_paid', count(*), 'paid_amount 0' FROM charge
    WHERE problem IS NULL AND omitted IS NULL AND payer IS NULL AND total >= 0 AND total < coalesce(patient, 0) + coalesce(other, 0)
    UNION ALL
    SELECT 5, 'visits whose costs are negative', count(*), 'reversals: they take money back and count as no visit'
    FROM (
        SELECT sum(allowed) AS allowed, sum(paid) AS paid, sum(patient) AS patient FROM charge
        WHERE problem IS NULL AND omitted IS NULL AND domain <> 'drug' GROUP BY visit_id
    )
    WHERE allowed < 0 OR patient < 0 OR paid + coalesce(patient, 0) < 0
    UNION ALL
    SELECT 5, 'total_charge of costs', count(total_charge), 'a list price is no one''s cost' FROM cost_text
    UNION ALL
    SELECT 5, 'total_cost of costs', count(total_cost), 'the provider''s own cost, not the payer''s' FROM cost_text
)
WHERE number > 0
ORDER BY part, number DESC, what
