-- What the study states of a person-year: visits, plan, health and means, known on the last day of the year.
WITH stated AS (
    UNPIVOT (
        SELECT
            zper AS person_id, CAST(year AS INTEGER) AS year,
            mdvis AS stated_physician_visits, notmdvis AS stated_other_visits, mentvis AS stated_mental_visits,
            coins AS stated_coinsurance, idp AS stated_deductible_plan, disea AS stated_disease_index, mhi AS stated_mental_health,
            ghindx AS stated_general_health, physlm AS stated_physical_limitation, hlthg AS stated_health_good,
            hlthf AS stated_health_fair, hlthp AS stated_health_poor, income AS stated_income,
            educdec AS stated_education, num AS stated_family_size,
            site AS stated_site
        FROM year_text
    )
    ON COLUMNS('stated_.*') INTO NAME analyte VALUE value
),
unit (analyte, unit) AS (
    VALUES ('stated_physician_visits', 'count'), ('stated_other_visits', 'count'), ('stated_mental_visits', 'count'),
        ('stated_coinsurance', '%'), ('stated_deductible_plan', 'flag'), ('stated_disease_index', 'index'),
        ('stated_mental_health', 'index'), ('stated_general_health', 'index'), ('stated_physical_limitation', 'flag'),
        ('stated_health_good', 'flag'), ('stated_health_fair', 'flag'), ('stated_health_poor', 'flag'),
        ('stated_income', 'USD'), ('stated_education', 'years'), ('stated_family_size', 'persons'),
        ('stated_site', 'number')
)
SELECT
    person_id || '-' || year || '-' || analyte AS record_id,
    person_id,
    CAST(first_day + to_days(days - 1) AS DATE) AS date,
    CAST(first_day + to_days(days - 1) AS DATE) AS available_date,
    analyte,
    CAST(value AS DOUBLE) AS value,
    unit
FROM stated JOIN unit USING (analyte) JOIN person_year USING (person_id, year)
ORDER BY record_id
