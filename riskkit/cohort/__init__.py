"""Who is rated and when: index dates, eligibility, exposure and the labels of what happened next."""
