"""Pages for people and feeds for programs, beside the API: what they show, they ask the schema for."""
