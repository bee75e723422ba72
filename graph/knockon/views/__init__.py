"""The views: each draws a finished `Scene` as one HTML file that opens from disk."""
