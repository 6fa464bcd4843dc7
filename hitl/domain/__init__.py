"""Records, enums and pure policies: standard library only."""
