"""How fast pages are answered, beside what others build: the same data, the same pages, the same machine, in one run."""
