"""Who may ask: tokens and the keys that verify them."""
