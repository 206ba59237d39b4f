"""The commands: each parses, calls, and hands the result to a reporter."""
