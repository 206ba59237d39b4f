"""The models that clients may name."""
