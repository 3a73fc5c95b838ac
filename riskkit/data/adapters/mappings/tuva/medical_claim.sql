-- One row per claim.
SELECT
    claim_id,
    person_id,
    setting,
    start_date,
    greatest(start_date, end_date) AS end_date,
    greatest(start_date, known_date) AS available_date,
    facility_id,
    CAST(NULL AS INTEGER) AS facility_level,
    CAST(NULL AS VARCHAR) AS specialty,
    CASE admit_type WHEN '1' THEN 'emergency' WHEN '2' THEN 'urgent' WHEN '3' THEN 'elective' WHEN '4' THEN 'newborn'
        WHEN '5' THEN 'trauma' END AS admission_type,
    CASE WHEN admit_source IN ('1', '2') THEN 'referral' WHEN admit_source = '7' THEN 'emergency_room'
        WHEN admit_source IN ('4', '5', '6', 'D', 'E', 'F') THEN 'transfer' WHEN admit_source = '8' THEN 'other'
    END AS admission_source,
    CAST(coalesce(allowed, paid + member) AS DOUBLE) AS allowed_amount,
    CAST(paid AS DOUBLE) AS paid_amount,
    CAST(CASE WHEN allowed IS NULL THEN member ELSE greatest(allowed - paid, member) END AS DOUBLE) AS member_amount,
    CASE
        WHEN setting <> 'inpatient' THEN NULL
        WHEN disposition = '01' THEN 'home'
        WHEN disposition = '06' THEN 'home_health'
        WHEN disposition IN ('02', '05', '43', '66') THEN 'transfer'
        WHEN disposition IN ('03', '61', '64') THEN 'skilled_nursing'
        WHEN disposition = '62' THEN 'rehabilitation'
        WHEN disposition = '63' THEN 'long_term_care'
        WHEN disposition = '65' THEN 'psychiatric'
        WHEN disposition IN ('50', '51') THEN 'hospice'
        WHEN disposition = '07' THEN 'against_advice'
        WHEN disposition IN ('20', '40', '41', '42') THEN 'died'
        WHEN disposition IS NOT NULL THEN 'other'
    END AS discharge_status,
    drg_code,
    adjustment
FROM claim
WHERE start_date IS NOT NULL AND persons = 1
ORDER BY claim_id
