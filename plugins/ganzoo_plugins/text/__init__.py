"""GANs of text."""
