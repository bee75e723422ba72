"""What happens to the others: how a shock lands, who loses what, and how that is told."""
