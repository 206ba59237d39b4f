"""Which value stands behind which rendered field, found by rendering with other values."""
