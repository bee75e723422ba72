"""What the book itself holds, with no model asked: its questions, terms, weak spots, changes and formats."""
