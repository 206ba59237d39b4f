"""plate-llm: proves that a Helm + ArgoCD deployment will come up before it is merged."""

__version__ = "0.1.0"
