"""The book as a network: who stands where on the page, what each leg says, and the same for networkx."""
