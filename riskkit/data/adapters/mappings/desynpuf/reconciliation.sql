-- Per year: person-years with a stay, and how many of them tie to the annual inpatient dollars, with the pass-through
-- amount (as written to medical_claim) and by the bare claim payment; and the same over all person-years.
WITH stay_year AS (
    SELECT
        person_id, year, sum(paid) AS paid, sum(claim_payment) AS claim_payment, sum(member) AS member,
        sum(other) AS other
    FROM stay
    GROUP BY person_id, year
)
SELECT
    year,
    count(*) AS person_years,
    count(paid) AS person_years_with_stay,
    count(*) FILTER (WHERE paid = inpatient_paid) AS tie,
    count(*) FILTER (WHERE member = inpatient_member) AS tie_member,
    count(*) FILTER (WHERE other = inpatient_other) AS tie_other,
    count(*) FILTER (WHERE claim_payment = inpatient_paid) AS tie_bare,
    count(*) FILTER (WHERE coalesce(claim_payment, 0) = inpatient_paid) AS tie_bare_all,
    count(*) FILTER (WHERE paid IS NULL AND inpatient_paid <> 0) AS dollars_without_stay,
    count(*) FILTER (WHERE covered_months = 0 AND inpatient_paid + outpatient_paid + professional_paid > 0) AS dollars_without_cover,
    count(*) FILTER (WHERE hmo_months > 0) AS with_hmo_months
FROM beneficiary_year LEFT JOIN stay_year USING (person_id, year)
GROUP BY year
ORDER BY year
