"""How many decisions it takes to reach an accuracy, against what one would assemble from other libraries."""
