"""Point-in-time features: one declarative catalogue, compiled to SQL, the same function for training and scoring."""
