"""Images and vectors from noise."""
