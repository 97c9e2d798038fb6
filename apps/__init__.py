"""App definitions; a package only so that the wheel carries them."""
