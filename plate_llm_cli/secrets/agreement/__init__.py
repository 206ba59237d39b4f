"""Whether charts, External Secrets, the spec and OpenBao agree; a first spec from charts."""
