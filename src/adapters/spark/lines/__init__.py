"""What is made of lines on Spark once their features are known or their returns are: matches, examples and scores."""
