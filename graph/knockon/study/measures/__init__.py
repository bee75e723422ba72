"""What the promises between parties add up to: loops, circularity, timelines, and the measures by name."""
