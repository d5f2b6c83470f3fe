"""Ports implemented on scikit-learn: fits, predictions and their judgement."""
