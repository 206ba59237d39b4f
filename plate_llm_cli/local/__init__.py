"""The whole system on one machine: OpenBao, a cache and the service, started and stopped."""
