"""Between a request and a provider: connections, retries, fallbacks, circuit breakers."""
