"""HTTP: one bundle behind a small service that answers for a member, or for a few, as the batch does."""
