"""What is learned from when, how it is judged, and which model scores."""
