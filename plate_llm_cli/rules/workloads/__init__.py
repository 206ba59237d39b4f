"""Rules about how pods run: their images, resources, replicas, probes and privileges."""
