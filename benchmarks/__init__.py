"""How fast events are appended, beside the bare INSERT of the same rows and beside a library that does the same job."""
