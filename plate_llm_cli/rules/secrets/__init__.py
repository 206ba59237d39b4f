"""Rules about secrets: whether charts, External Secrets and the secrets spec agree."""
