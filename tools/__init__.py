"""What `make` runs: set-up, the book's assets, the sample class, the local server."""
