"""numpy, pandas and scikit-learn: pure functions and estimators, no I/O, no SQL."""
