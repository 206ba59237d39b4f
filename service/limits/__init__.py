"""How much one caller, and all together, may ask."""
