"""What second looks are worth where the reviewer errs, for the same number of decisions."""
