"""Data sets that are published on Kaggle."""
