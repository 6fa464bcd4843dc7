"""Why a model answers as it does: what weighed in an item, and the items like it that were decided before."""
