"""How an environment is doing: what ought to be in the cluster, and what is."""
