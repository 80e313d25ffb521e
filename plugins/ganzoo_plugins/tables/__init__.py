"""GANs of tables."""
