"""The door: our own plain pages for signing in and out, one-time links and single sign-on; they need no JavaScript."""
