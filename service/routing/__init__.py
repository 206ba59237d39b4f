"""From a request to whoever answers it: what it becomes, attempts, fallbacks, circuit breakers."""
