"""Tests a deployed service as its users reach it: checks, each with a verdict and what to do."""
