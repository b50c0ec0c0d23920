"""The kinds that ship: the news of the technology race. A file here is the whole truth of the kinds it declares."""
