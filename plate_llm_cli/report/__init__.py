"""Findings as people, editors and CI systems read them: one file a format."""
