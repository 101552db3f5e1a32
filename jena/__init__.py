"""The weather, from file to windows: download, simulate, read and clean, normalise, cut, draw."""
