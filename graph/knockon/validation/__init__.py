"""How the engine is held against what markets did."""
