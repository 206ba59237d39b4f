"""The checks: one file a rule, in folders by what they look at."""
