"""What the operator sees: metrics, log, traces."""
