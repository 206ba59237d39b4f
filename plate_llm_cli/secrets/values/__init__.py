"""Values: where they come from, what they must look like, and the type that hides them."""
