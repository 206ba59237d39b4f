"""Rules about single rendered objects."""
