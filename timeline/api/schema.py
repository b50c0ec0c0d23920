"""The schema for a registry of kinds, and what of an error may be told."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import strawberry
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    build_schema,
    is_object_type,
    lexicographic_sort_schema,
    parse,
    print_schema,
    specified_rules,
    validate,
)
from strawberry.exceptions import MissingQueryError
from strawberry.extensions import MaxTokensLimiter
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule
from strawberry.types import ExecutionContext, ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType as Allowed

from timeline.api.documents import DocumentCache, Question
from timeline.api.entity_types import entity_types
from timeline.api.events import event_types
from timeline.api.measuring import QueryLimits
from timeline.api.mutation import mutation_type
from timeline.api.query import query_type
from timeline.api.reading import resolvers
from timeline.api.records import RECORD_TYPES
from timeline.api.request import Request
from timeline.api.scalars import SCALARS
from timeline.api.subscription import Subscription
from timeline.api.telling import told
from timeline.api.timeline import KINDS_OF_TIMELINE, timeline_kinds
from timeline.domain.kinds import Kinds
from timeline.errors import TimelineError, TooCostly
from timeline.execution import Answer, Documents, Plan

MAX_LENGTH = 65_536  # characters of a document
MAX_ERRORS = 20  # that validation tells


class Schema(strawberry.Schema):
    """Answers by plans, with errors that carry a code, and that say nothing of what is internal.

    `introspection`: whether it may be asked about itself; `suggestions`: whether errors say what may have been meant.
    """

    def __init__(
        self, *, limits: QueryLimits | None = None, introspection: bool = True, suggestions: bool = True, **options: Any
    ) -> None:
        self.documents: Documents[Question] = Documents()
        self.limits = limits or QueryLimits()
        self.suggestions = suggestions
        self._trusted: dict[str, Question] = {}
        own = () if introspection else (NoSchemaIntrospectionCustomRule,)
        self._rules = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule, *own)
        tokens = self.limits.tokens
        super().__init__(**options, extensions=[lambda: MaxTokensLimiter(tokens), lambda: DocumentCache(self)])
        self.resolver_of = resolvers(self)
        for type_ in self._schema.type_map.values():
            if is_object_type(type_):
                type_.is_type_of = None  # `Node.resolve_type` has said which it is

    async def execute(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Request | None = None,
        root_value: Any = None,
        operation_name: str | None = None,
        allowed_operation_types: Iterable[Allowed] | None = None,
        operation_extensions: dict[str, Any] | None = None,
    ) -> ExecutionResult:
        """Raises what Strawberry raises where there is no such operation, or none that may be executed here."""
        assert context_value is not None
        plan = self.plan(query, operation_name, variable_values or {}, allowed_operation_types or Allowed)
        if isinstance(plan, list):
            return PreExecutionError(None, [told(error) for error in plan])
        answer = await self.run(plan, variable_values, context_value, root_value)
        result = PreExecutionError if answer.refused else ExecutionResult
        return result(answer.data, answer.errors or None)

    async def run(self, plan: Plan, variables: Mapping[str, Any] | None, request: Request, root: Any = None) -> Answer:
        """The answer, with errors as they may be told."""
        try:
            answer = await plan.execute(root, request, variables, request.runner(long=plan.long))
        except Exception as error:  # noqa: BLE001
            return Answer(None, [told(GraphQLError(str(error), original_error=error))])
        return Answer(answer.data, [told(error) for error in answer.errors], answer.refused)

    def plan(
        self,
        query: str | None,
        operation_name: str | None = None,
        variables: Mapping[str, Any] | None = None,
        allowed: Iterable[Allowed] = Allowed,
    ) -> Plan | list[GraphQLError]:
        """The plan of an operation, or what is wrong with its document. Raises the same as `execute`."""
        if not query:
            raise MissingQueryError
        try:
            document = self._trusted.get(query) or self.documents.get(query) or self._parsed(query)
            operation = document.operation(operation_name)
            if operation is None:
                raise CannotGetOperationTypeError(operation_name)
            if Allowed(operation.operation.value) not in allowed:
                raise InvalidOperationTypeError(Allowed(operation.operation.value))
            if not operation_name and document.has_several:
                return [GraphQLError("operationName says which of several operations is meant")]
            is_valid = query in self._trusted or self.documents.get(query) is document
            if not is_valid:
                document.measure()
            document.check_cost(operation, variables or {})
            if not is_valid:
                if faults := self._faults(document):
                    return faults
                self.documents.keep(query, document)
            return document.plan(operation)
        except (CannotGetOperationTypeError, InvalidOperationTypeError):
            raise
        except Exception as error:  # noqa: BLE001
            return [error if isinstance(error, GraphQLError) else GraphQLError(str(error), original_error=error)]

    def trust(self, text: str) -> list[GraphQLError]:
        """Keep a document for good, however many tokens it has; or what is wrong with it."""
        try:
            question = self.question(parse(text))
            question.measure()
            if faults := self._faults(question):
                return faults
        except (GraphQLError, TimelineError) as error:
            return [GraphQLError(str(error))]
        self._trusted[text] = question
        return []

    async def execute_by_reference(self, *args: Any, **kwargs: Any) -> ExecutionResult:
        """The same by graphql-core, a resolver for each field."""
        result = await super().execute(*args, **kwargs)
        if result.errors:
            result.errors = [told(error) for error in result.errors]
        return result

    def question(self, ast: DocumentNode) -> Question:
        return Question(self._schema, ast, self.resolver_of, self.limits, hide_suggestions=not self.suggestions)

    def _parsed(self, text: str) -> Question:
        """TOO_COSTLY before it is read to its end if it is too long."""
        if (length := len(text)) > MAX_LENGTH:
            message = f"A document has at most {MAX_LENGTH:,} characters, not {length:,}"
            raise TooCostly(message, cost=length, limit=MAX_LENGTH)
        most = self.limits.tokens
        try:
            return self.question(parse(text, max_tokens=most, max_comments=most))
        except GraphQLError as error:
            if f"more than {most} " in error.message:
                message = f"A document has at most {most:,} tokens, and as many comments"
                raise TooCostly(message, cost=most + 1, limit=most) from None
            raise

    def _faults(self, document: Question) -> list[GraphQLError]:
        hide = not self.suggestions
        return validate(self._schema, document.ast, self._rules, MAX_ERRORS, hide_suggestions=hide)

    def process_errors(self, errors: Sequence[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """`told` logs what is ours; what is the caller's is in the answer."""


def schema_for(
    kinds: Kinds, *, limits: QueryLimits | None = None, introspection: bool = True, suggestions: bool = True
) -> Schema:
    entities = entity_types(kinds)
    events = event_types(kinds, entities)
    schema = Schema(
        query=query_type(kinds),
        mutation=mutation_type(kinds),
        subscription=Subscription,
        types=[*entities.values(), *events, *RECORD_TYPES, *([timeline_kinds(kinds, entities)] if entities else [])],
        config=StrawberryConfig(scalar_map=dict(SCALARS)),
        limits=limits,
        introspection=introspection,
        suggestions=suggestions,
    )
    if entities:
        _move_fields(schema._schema, KINDS_OF_TIMELINE, "Timeline")  # noqa: SLF001  Strawberry has no name for it
    return schema


def _move_fields(schema: GraphQLSchema, source: str, target: str) -> None:
    """Give one type the fields of another, which is gone afterwards."""
    moved = schema.type_map.pop(source)
    assert isinstance(moved, GraphQLObjectType)
    schema.type_map[target].fields.update(moved.fields)  # type: ignore[attr-defined]


def export(schema: Schema) -> str:
    """The schema in the schema definition language, sorted, so that two exports differ only where the schemas do."""
    # Strawberry's own sorting replaces its enum types, which then refuse their members as defaults.
    return print_schema(lexicographic_sort_schema(build_schema(schema.as_str()))) + "\n"
