-- What the encounter states as a number, band or step, dated at discharge. 'None' and '?' make no row.
WITH fact AS (
    SELECT
        encounter_id, person_id, end_date,
        unnest([
            {'analyte': 'stated_outpatient_visits', 'value': CAST(number_outpatient AS DOUBLE), 'unit': 'count'},
            {'analyte': 'stated_emergency_visits', 'value': CAST(number_emergency AS DOUBLE), 'unit': 'count'},
            {'analyte': 'stated_inpatient_visits', 'value': CAST(number_inpatient AS DOUBLE), 'unit': 'count'},
            {'analyte': 'stated_lab_procedures', 'value': CAST(num_lab_procedures AS DOUBLE), 'unit': 'count'},
            {'analyte': 'stated_procedures', 'value': CAST(num_procedures AS DOUBLE), 'unit': 'count'},
            {'analyte': 'stated_medications', 'value': CAST(num_medications AS DOUBLE), 'unit': 'count'},
            {'analyte': 'stated_diagnoses', 'value': CAST(number_diagnoses AS DOUBLE), 'unit': 'count'},
            {'analyte': 'stated_age_band', 'value': CAST(middle_age AS DOUBLE), 'unit': 'years'},
            {
                'analyte': 'hba1c_band',
                'value': CASE A1Cresult WHEN 'Norm' THEN 0 WHEN '>7' THEN 1 WHEN '>8' THEN 2 END, 'unit': 'band'
            },
            {
                'analyte': 'glucose_band',
                'value': CASE max_glu_serum WHEN 'Norm' THEN 0 WHEN '>200' THEN 1 WHEN '>300' THEN 2 END, 'unit': 'band'
            },
            {
                'analyte': 'insulin_change',
                'value': CASE insulin WHEN 'Down' THEN -1 WHEN 'Steady' THEN 0 WHEN 'Up' THEN 1 END, 'unit': 'step'
            },
            {'analyte': 'drug_change', 'value': CASE change WHEN 'Ch' THEN 1 ELSE 0 END, 'unit': 'flag'},
            {'analyte': 'diabetes_drug', 'value': CASE diabetesMed WHEN 'Yes' THEN 1 ELSE 0 END, 'unit': 'flag'}
        ]) AS item
    FROM encounter
)
SELECT
    encounter_id || '-' || item.analyte AS record_id,
    person_id,
    end_date AS date,
    end_date AS available_date,
    item.analyte AS analyte,
    CAST(item.value AS DOUBLE) AS value,
    item.unit AS unit
FROM fact
WHERE item.value IS NOT NULL
ORDER BY record_id
