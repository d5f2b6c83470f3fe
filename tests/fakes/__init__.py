"""Fakes of the ports: plain Python, held to the same contracts as the adapters."""
