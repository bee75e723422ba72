"""What is written: pages and folders whole or not at all, CSV that nothing obeys, new rows in a book."""
