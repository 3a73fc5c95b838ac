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
    count_if(paid = inpatient_paid) AS tie,
    count_if(member = inpatient_member) AS tie_member,
    count_if(other = inpatient_other) AS tie_other,
    count_if(claim_payment = inpatient_paid) AS tie_bare,
    count_if(coalesce(claim_payment, 0) = inpatient_paid) AS tie_bare_all,
    count_if(paid IS NULL AND inpatient_paid <> 0) AS dollars_without_stay,
    count_if(covered_months = 0 AND inpatient_paid + outpatient_paid + professional_paid > 0) AS dollars_without_cover,
    count_if(hmo_months > 0) AS with_hmo_months
FROM beneficiary_year LEFT JOIN stay_year USING (person_id, year)
GROUP BY year
ORDER BY year
