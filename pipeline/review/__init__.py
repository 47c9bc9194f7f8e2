"""What people decide about claims, and how that holds through every run."""
