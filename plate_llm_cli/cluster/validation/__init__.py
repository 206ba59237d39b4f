"""What a cluster has against a deployment: asked of the API server, which stores nothing of it."""
