"""The lecture's claims: what they say, which runs they are measured on, and their verdicts."""
