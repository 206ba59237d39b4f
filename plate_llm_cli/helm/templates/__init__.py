"""Go templates, read far enough to know what they look at."""
