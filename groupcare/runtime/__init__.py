"""Running the embedded default: one command, four processes, none left behind. Knows no room."""
