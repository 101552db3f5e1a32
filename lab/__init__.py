"""What every experiment shares and no data set knows of."""
