"""Rules about Applications and projects."""
