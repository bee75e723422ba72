"""The book over HTTP: pages for a browser and a read-only SPARQL 1.1 endpoint."""
