"""What the provider's documentation leaves open."""
