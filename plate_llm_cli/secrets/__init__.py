"""Secrets: what OpenBao must hold, what it holds, and how the one becomes the other."""
