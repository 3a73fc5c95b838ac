-- Patient numbers that come more than once.
SELECT max(file), max(row), 'Patient Number ' || visit_id || ' a second time' AS found
FROM visit
GROUP BY visit_id
HAVING count(*) > 1
ORDER BY visit_id
