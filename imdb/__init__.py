"""The film reviews (Maas et al. 2011), from file to padded word codes, and to sentences."""
