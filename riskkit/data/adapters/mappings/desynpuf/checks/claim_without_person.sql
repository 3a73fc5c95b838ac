SELECT claim_id FROM stay ANTI JOIN beneficiary_year USING (person_id) ORDER BY claim_id
