"""Which values the templates of a chart can read, found without rendering."""
