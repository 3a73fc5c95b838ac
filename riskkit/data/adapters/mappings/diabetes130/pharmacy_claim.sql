-- A row per drug that the encounter names as given (Down, Steady or Up), dated at discharge; supply is not stated.
WITH drug (drug_code, atc_code) AS (
    VALUES
        ('metformin', 'A10BA02'), ('repaglinide', 'A10BX02'), ('nateglinide', 'A10BX03'),
        ('chlorpropamide', 'A10BB02'), ('glimepiride', 'A10BB12'), ('acetohexamide', 'A10BB31'),
        ('glipizide', 'A10BB07'), ('glyburide', 'A10BB01'), ('tolbutamide', 'A10BB03'), ('tolazamide', 'A10BB05'),
        ('pioglitazone', 'A10BG03'), ('rosiglitazone', 'A10BG02'), ('troglitazone', 'A10BG01'),
        ('acarbose', 'A10BF01'), ('miglitol', 'A10BF02'), ('citoglipton', 'A10BH01'), ('examide', NULL),
        ('insulin', 'A10A'), ('glyburide-metformin', 'A10BD02'), ('glipizide-metformin', 'A10BD02'),
        ('glimepiride-pioglitazone', 'A10BD06'), ('metformin-rosiglitazone', 'A10BD03'),
        ('metformin-pioglitazone', 'A10BD05')
),
given AS (
    UNPIVOT (
        SELECT
            encounter_id, person_id, end_date, metformin, repaglinide, nateglinide, chlorpropamide, glimepiride,
            acetohexamide, glipizide, glyburide, tolbutamide, pioglitazone, rosiglitazone, acarbose, miglitol,
            troglitazone, tolazamide, examide, citoglipton, insulin, "glyburide-metformin", "glipizide-metformin",
            "glimepiride-pioglitazone", "metformin-rosiglitazone", "metformin-pioglitazone"
        FROM encounter
    )
    ON COLUMNS(* EXCLUDE (encounter_id, person_id, end_date)) INTO NAME drug_code VALUE step
)
SELECT
    encounter_id || '-' || drug_code AS claim_id,
    person_id,
    end_date AS fill_date,
    end_date AS available_date,
    drug_code,
    atc_code,
    CAST(NULL AS INTEGER) AS days_supply,
    CAST(NULL AS DOUBLE) AS quantity,
    CAST(NULL AS DOUBLE) AS allowed_amount,
    CAST(NULL AS DOUBLE) AS paid_amount
FROM given JOIN drug USING (drug_code)
WHERE step <> 'No'
ORDER BY claim_id
