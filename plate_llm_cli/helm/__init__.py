"""Helm: the engine that renders, the binary that can stand in for it, charts and provenance."""
