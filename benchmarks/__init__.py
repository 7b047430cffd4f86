"""One command that measures the product against a floor in the same run: ratios only, see README.md."""
