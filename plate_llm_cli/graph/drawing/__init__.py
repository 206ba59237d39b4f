"""A deployment as nodes and edges, for reporters to draw."""
