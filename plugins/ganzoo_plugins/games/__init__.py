"""Games whose outcome is known, played by the same engine as every GAN."""
