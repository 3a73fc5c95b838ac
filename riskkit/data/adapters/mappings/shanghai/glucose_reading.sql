-- The first reading of each person and instant, in mg/dL.
SELECT person_id, time, glucose
FROM reading
WHERE problem IS NULL AND rank = 1
ORDER BY person_id, time
