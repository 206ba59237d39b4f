"""A file an endpoint."""
