"""The lake on an S3-compatible object store."""
