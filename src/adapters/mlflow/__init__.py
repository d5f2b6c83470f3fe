"""Ports implemented on MLflow: the experiment tracker and the model registry."""
