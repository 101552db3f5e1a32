"""The weather, from a file to windows: download, simulate, read, clean, normalise, cut and draw."""
