"""OpenBao: how it is reached, what it answers, and what its refusals mean."""
