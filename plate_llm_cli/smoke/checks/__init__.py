"""The checks, a file a family. `registry.py` lists them in the order in which they run."""
