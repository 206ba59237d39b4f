"""Backups that only their recipients can read."""
