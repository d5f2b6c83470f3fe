"""Ports implemented on the local machine: files, processes and git."""
