"""GraphQL: the schema made from the kinds, its resolvers in batch form, and the HTTP view."""
