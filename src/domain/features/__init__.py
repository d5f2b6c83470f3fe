"""The catalogue of features: rules as data, and what they mean."""
