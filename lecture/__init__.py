"""The lecture as one page to play with: `python -m lecture` writes `docs/index.html` from `results/reference/`.

`page.html` is its frame. Each figure has its text in `figures/NAME.html`, its scripts in `figures/NAME*.js` and its
numbers in `contents.py`. `cells.js` computes what `recurrence/` computes. `export.py` made the weights and the weather
in `exported/`.
"""
