"""What can be read off a network without shocking it: loops and indices."""
