"""How the executor reads each field of our schema: by what `batched` and `leaf` left on its resolver."""

from dataclasses import replace
from functools import partial
from typing import Any

import strawberry
from graphql import GraphQLField, GraphQLObjectType
from graphql.execution import default_field_resolver
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.arguments import convert_arguments

from timeline.execution import Batch, Call, Leaf, Resolver, ResolverOf


def resolvers(schema: strawberry.Schema) -> ResolverOf:
    """What is neither batched nor a leaf is called as graphql-core calls it."""
    converter = schema.schema_converter

    def resolver_of(type_: GraphQLObjectType, name: str, field: GraphQLField) -> Resolver:
        declared: Any = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
        resolver = declared.base_resolver if declared else None
        match getattr(resolver.wrapped_func, "how", None) if resolver else None:
            case Leaf() as leaf:
                return leaf
            case Batch() as batch if declared.arguments:
                convert = partial(
                    convert_arguments,
                    arguments=declared.arguments,
                    scalar_registry=converter.scalar_registry,
                    config=converter.config,
                )
                return replace(batch, convert=convert)
            case Batch() as batch:
                return batch
        return Call(field.resolve or default_field_resolver)

    return resolver_of
