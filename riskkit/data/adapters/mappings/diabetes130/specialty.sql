-- The admitting physician's specialty in the field's words; a rare one is 'other', '?' and an unnamed one are missing.
CREATE TEMP TABLE specialty AS
SELECT
    stated,
    CASE
        WHEN stated = 'PhysicianNotFound' THEN NULL
        WHEN stated LIKE 'Pediatrics%' OR stated LIKE '%-Pediatric' THEN 'pediatrics'
        WHEN stated LIKE 'Surg%Cardio%' OR stated = 'Surgery-Thoracic' THEN 'cardiac_surgery'
        WHEN stated = 'Surgery-Vascular' THEN 'vascular_surgery'
        WHEN stated = 'Surgery-Neuro' THEN 'neurosurgery'
        WHEN stated LIKE 'Surg%' THEN 'surgery'
        WHEN stated LIKE 'Orthopedics%' THEN 'orthopaedics'
        WHEN stated LIKE 'Psych%' THEN 'psychiatry'
        WHEN stated LIKE 'Obste%' OR stated LIKE 'Gyn%' THEN 'obstetrics_gynecology'
        WHEN stated LIKE '%Oncology%' OR stated = 'Hematology' THEN 'oncology'
        WHEN stated LIKE 'Endocrin%' THEN 'endocrinology'
        WHEN stated LIKE 'Radiolog%' THEN 'radiology'
        WHEN stated = 'InternalMedicine' THEN 'internal_medicine'
        WHEN stated = 'Emergency/Trauma' THEN 'emergency_medicine'
        WHEN stated = 'Family/GeneralPractice' THEN 'general_practice'
        WHEN stated = 'PhysicalMedicineandRehabilitation' THEN 'rehabilitation'
        WHEN stated IN (
            'Cardiology', 'Nephrology', 'Urology', 'Gastroenterology', 'Neurology', 'Ophthalmology', 'Hospitalist'
        ) THEN lower(stated)
        WHEN stated = 'Pulmonology' THEN 'respiratory'
        ELSE 'other'
    END AS specialty
FROM (SELECT DISTINCT medical_specialty AS stated FROM encounter WHERE medical_specialty IS NOT NULL)
