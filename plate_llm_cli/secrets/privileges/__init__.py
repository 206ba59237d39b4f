"""The least that who reads and who seeds must be allowed in OpenBao."""
