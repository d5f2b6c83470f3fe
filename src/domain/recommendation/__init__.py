"""What a recommender reads: items net of their returns, substitutes, and candidates for customers."""
