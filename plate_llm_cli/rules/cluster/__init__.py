"""Rules about what the cluster says, with `plate-llm validate --live`."""
