"""The GANs that come with ganzoo: one folder per family, one file per GAN."""
