"""YAML documents with the position of every node, and edits that keep comments."""
