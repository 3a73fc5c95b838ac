-- Lines of 结算清单 that are no claim, as they were, with the reason.
SELECT
    * EXCLUDE (
        bad_value, claim_id, person_id, copy, differs, setting, start_date, end_date, settled_date, birth_date, total,
        funds, own, lowest, is_reversal, sign, member_id, born, problem
    ),
    problem AS reason
FROM settlement
WHERE problem IS NOT NULL
ORDER BY ALL
