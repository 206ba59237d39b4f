"""Answers that need not be asked for twice."""
