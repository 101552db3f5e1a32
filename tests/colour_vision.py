"""How well colours can be told apart with each kind of colour vision."""

from itertools import combinations

import numpy as np
from matplotlib.colors import to_rgb

# Machado, Oliveira and Fernandes 2009, "A Physiologically-based Model for Simulation of Color Vision Deficiency",
# severity 1.0; for linear RGB
VISION = {
    "normal": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
# Ottosson 2020, "A perceptual color space for image processing": linear RGB to cone responses to Oklab
CONES = [
    [0.4122214708, 0.5363325363, 0.0514459929],
    [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005],
]
OKLAB = [
    [0.2104542553, 0.7936177850, -0.0040720468],
    [1.9779984951, -2.4285922050, 0.4505937099],
    [0.0259040371, 0.7827717662, -0.8086757660],
]


def closest(colours):
    """Returns the distance in Oklab of the two closest colours, for each kind of colour vision."""
    linear = _linear(np.array(colours))
    places = {
        kind: np.cbrt(np.clip(linear @ np.transpose(matrix), 0, 1) @ np.transpose(CONES)) @ np.transpose(OKLAB)
        for kind, matrix in VISION.items()
    }
    return {kind: min(np.linalg.norm(a - b) for a, b in combinations(seen, 2)) for kind, seen in places.items()}


def contrast(colour, ground):
    """Returns the contrast of two colours by the Web Content Accessibility Guidelines, from 1 to 21."""
    dark, light = sorted(_linear(np.array(to_rgb(one))) @ [0.2126, 0.7152, 0.0722] for one in (colour, ground))
    return (light + 0.05) / (dark + 0.05)


def _linear(rgb):
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
