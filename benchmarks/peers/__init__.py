"""How fast pages are answered, beside what others build: the same data, pages and machine, in one run."""
