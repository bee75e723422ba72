"""The standard models of the literature, each a plain function on arrays, on anybody's network."""
