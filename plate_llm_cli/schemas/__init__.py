"""Schemas: what a Kubernetes API server would say of an object, without one."""
