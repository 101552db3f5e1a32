"""A lesson for each part of the lecture: scripts (jupytext), and notebooks with outputs that are made from them."""
