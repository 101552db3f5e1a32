"""What `lab/` and the data rooms both stand on: downloads, archives, whole files, pictures, and the user's errors."""
