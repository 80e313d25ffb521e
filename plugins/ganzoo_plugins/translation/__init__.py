"""GANs that translate and edit pictures: from a source, in pairs or from two domains."""
