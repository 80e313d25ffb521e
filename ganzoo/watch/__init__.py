"""What a person sees of a run: its log, pictures, plots, report and the terminal's lines."""
