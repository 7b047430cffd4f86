"""Every shipped text, read as data: what it must say, what it must never say, and how hard it is to read."""
