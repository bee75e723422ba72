"""The numbers of contagion: our engine, its draws, and the literature's models in `classics`."""
