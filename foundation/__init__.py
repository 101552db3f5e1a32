"""What `lab/` and the data rooms build on: downloads, archives, YAML, atomic writes, pictures, the user's errors."""
