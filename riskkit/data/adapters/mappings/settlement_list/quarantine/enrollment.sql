-- Lines of 参保信息 that are no spell, as they were, with the reason.
SELECT * EXCLUDE (bad_value, person_id, start_date, last_day, birth_date, death_date, end_date, problem), problem AS reason
FROM member
WHERE problem IS NOT NULL
ORDER BY ALL
