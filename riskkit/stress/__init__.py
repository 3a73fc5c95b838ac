"""What may become of a fund under a policy: paths of members, cost and money over the years, and what they show."""
