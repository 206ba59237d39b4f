"""The JSON Schemas of what the service takes and gives: a file for each thing."""
