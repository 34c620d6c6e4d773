"""Data that the course uses: small, shipped with the package, never downloaded."""
