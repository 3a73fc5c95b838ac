-- Lines of 处方明细 that are no fill, as they were, with the reason.
SELECT
    * EXCLUDE (
        bad_value, line_id, copy, claim_id, person_id, is_reversal, fill_date, available_date, named_atc, class_atc,
        quantity, days_supply, atc_code, problem
    ),
    problem AS reason
FROM drug
WHERE problem IS NOT NULL
ORDER BY ALL
