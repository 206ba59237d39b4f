"""Rules about charts and what Helm says of them."""
