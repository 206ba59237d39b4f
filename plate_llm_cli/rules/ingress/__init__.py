"""Rules about Ingresses: their routes, annotations and certificates."""
