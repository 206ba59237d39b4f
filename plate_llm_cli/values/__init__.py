"""What a chart's values may be: Helm's merge, the models of our charts, their JSON Schema."""
