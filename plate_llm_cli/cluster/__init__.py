"""The Kubernetes cluster: the only room that imports the `kubernetes` client."""
