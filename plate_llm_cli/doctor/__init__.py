"""Looks at the operator's own machine and access: what is well, and what to do about the rest."""
