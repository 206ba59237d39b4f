"""ApplicationSets, expanded offline into the Applications that ArgoCD would make of them."""
