"""Chat completions: what a client asks, checked."""
