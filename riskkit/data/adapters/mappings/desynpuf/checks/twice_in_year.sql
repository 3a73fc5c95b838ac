SELECT person_id FROM beneficiary_year GROUP BY person_id, year HAVING count(*) > 1 ORDER BY person_id
