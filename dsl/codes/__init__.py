"""The texts of every problem code of the text side, by family."""
