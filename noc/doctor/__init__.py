"""What is wrong with files and with a live stack, one finding a function."""
