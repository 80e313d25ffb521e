"""GANs of sounds."""
