-- Encounters as inpatient claims without amounts, and a stub stay for each '<30' whose encounter is not in the file.
-- The value lists follow IDs_mapping.csv of the data set; a number that is not listed (not available, NULL, not mapped,
-- unknown) has no value here.
WITH admission_type (id, admission_type) AS (
    VALUES ('1', 'emergency'), ('2', 'urgent'), ('3', 'elective'), ('4', 'newborn'), ('7', 'trauma')
),
admission_source (id, admission_source) AS (
    VALUES
        ('1', 'referral'), ('2', 'referral'), ('3', 'referral'),
        ('7', 'emergency_room'),
        ('4', 'transfer'), ('5', 'transfer'), ('6', 'transfer'), ('10', 'transfer'), ('18', 'transfer'),
        ('22', 'transfer'), ('25', 'transfer'), ('26', 'transfer'),
        ('8', 'other'), ('11', 'other'), ('12', 'other'), ('13', 'other'), ('14', 'other'), ('19', 'other'),
        ('23', 'other'), ('24', 'other')
),
discharge (id, discharge_status) AS (
    VALUES
        ('1', 'home'), ('6', 'home_health'), ('8', 'home_health'),
        ('2', 'transfer'), ('5', 'transfer'), ('9', 'transfer'), ('10', 'transfer'), ('27', 'transfer'),
        ('29', 'transfer'),
        ('3', 'skilled_nursing'), ('15', 'skilled_nursing'),
        ('4', 'long_term_care'), ('23', 'long_term_care'), ('24', 'long_term_care'),
        ('22', 'rehabilitation'), ('28', 'psychiatric'),
        ('13', 'hospice'), ('14', 'hospice'),
        ('7', 'against_advice'),
        ('11', 'died'), ('19', 'died'), ('20', 'died'), ('21', 'died'),
        ('12', 'other'), ('16', 'other'), ('17', 'other'), ('30', 'other')
),
line AS (
    SELECT
        encounter_id AS claim_id, person_id, start_date, end_date, specialty.specialty,
        admission_type, admission_source, discharge_status
    FROM encounter
    LEFT JOIN admission_type ON admission_type.id = admission_type_id
    LEFT JOIN admission_source ON admission_source.id = admission_source_id
    LEFT JOIN discharge ON discharge.id = discharge_disposition_id
    LEFT JOIN specialty ON specialty.stated = medical_specialty
    UNION ALL
    SELECT
        encounter_id || '-readmission', person_id, CAST(end_date + 15 AS DATE), CAST(end_date + 15 AS DATE),
        NULL, NULL, NULL, NULL
    FROM encounter
    WHERE needs_stub
)
SELECT
    claim_id,
    person_id,
    'inpatient' AS setting,
    start_date,
    end_date,
    end_date AS available_date,
    CAST(NULL AS VARCHAR) AS facility_id,
    CAST(NULL AS INTEGER) AS facility_level,
    specialty,
    admission_type,
    admission_source,
    CAST(NULL AS DOUBLE) AS allowed_amount,
    CAST(NULL AS DOUBLE) AS paid_amount,
    CAST(NULL AS DOUBLE) AS member_amount,
    discharge_status,
    CAST(NULL AS VARCHAR) AS drg_code,
    'original' AS adjustment
FROM line
ORDER BY claim_id
