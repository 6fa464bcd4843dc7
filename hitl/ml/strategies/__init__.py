"""Query strategies: which flagged item a person sees first. One file each, listed in `registry`."""
