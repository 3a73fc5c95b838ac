-- The spells that have a day.
SELECT person_id, start_date, end_date, team_id, institution_id, institution_level
FROM spell
WHERE end_date > start_date
ORDER BY person_id, start_date
