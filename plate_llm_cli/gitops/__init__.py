"""ArgoCD: Applications and projects, what they deploy, and how ArgoCD would render it."""
