"""GANs with labels, codes and encoders."""
