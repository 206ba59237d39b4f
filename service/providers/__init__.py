"""Where answers come from. A provider is one file and one line in `registry.py`."""
