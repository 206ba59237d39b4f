"""New environments from what the tree has, and their way out of it again."""
