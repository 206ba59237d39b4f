"""Rules about what leads to pods: Services and Ingresses."""
