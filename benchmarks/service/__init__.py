"""The service against gateways that people use today, measured in one run."""
