"""One module an experiment; `python -m experiments list` names them all."""
