"""The tests are a package: processes that they start find this one, whatever else is installed under that name."""
