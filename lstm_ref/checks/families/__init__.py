"""What can go wrong in the same way in several exercises: lists of mistakes with holes."""
