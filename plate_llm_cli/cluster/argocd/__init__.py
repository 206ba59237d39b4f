"""ArgoCD in the cluster: what it says of an Application, and what it can be asked to do."""
