"""What the corpus of malmoi is made with. Standard library only."""
