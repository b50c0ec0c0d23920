"""One kind of event as the registry holds it: its fields, and the codec between its JSON and its instances."""

import dataclasses
import enum
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Self, cast

from timeline.domain.attributes import Change
from timeline.domain.dates import FuzzyDate
from timeline.domain.declare import Declaration, Event
from timeline.domain.fields import FieldType, Shape, field_type
from timeline.domain.refs import Ref
from timeline.domain.texts import kind_of
from timeline.errors import BadInput

Names = Callable[[str], str | None]  # from an entity's `kind:slug` to the name to print


@dataclass(frozen=True, slots=True)
class EventKind:
    """A kind of event. `decode` and `encode` are inverse to each other for whatever `decode` accepts."""

    name: str
    cls: type[Event]
    declared: Declaration
    fields: Mapping[str, FieldType]
    absent: Mapping[str, Any]  # what optional fields have that are not given: None, the empty list, or a default
    plain: bool  # the declaration makes its objects as every dataclass does
    references: Sequence[tuple[str, bool]]  # the fields that name entities, and whether each names many
    admits: frozenset[str] | None  # the entity kinds that these can name; None: any
    texts: Sequence[str]  # the fields that are texts, or lists of them
    doc: str

    @classmethod
    def of(cls, event: type[Event], kind_named: Callable[[Any], str]) -> Self:
        """Read a declaration. TypeError, naming the class, when it is not one."""
        declared = event.declared
        params = vars(event).get("__dataclass_params__")
        if params is None or not params.frozen:
            raise TypeError(f"{event.__qualname__} needs @dataclass(frozen=True, kw_only=True)")
        if event.headline is Event.headline:
            raise TypeError(f"{event.__qualname__} needs a headline(): one sentence for people")
        if missing := [v for v in range(1, declared.version) if v not in declared.upcasts]:
            raise TypeError(f"{event.__qualname__} is version {declared.version} and has no upcast from {missing[0]}")
        made = dataclasses.fields(cast("Any", event))
        if wrong := [field.name for field in made if not field.init]:
            raise TypeError(f"{event.__qualname__}.{wrong[0]}: a field is what is stored, so it cannot have init=False")
        bare = {field.name for field in made if field.default is field.default_factory is dataclasses.MISSING}
        try:
            hints = typing.get_type_hints(event, include_extras=True)
        except NameError as error:
            raise TypeError(f"{event.__qualname__}: {error}") from error
        fields = {
            field.name: field_type(
                event,
                field.name,
                hints[field.name],
                required=field.name in bare,
                kind_named=kind_named,
            )
            for field in made
        }
        if not fields:
            raise TypeError(f"{event.__qualname__} has no field: it would say nothing")
        references = [(name, field.many) for name, field in fields.items() if field.shape is Shape.REF]
        texts = [name for name, field in fields.items() if field.shape is Shape.TEXT]
        admitted = [field.kinds for field in fields.values() if field.shape is Shape.REF]
        admits = frozenset(chain(*admitted)) if all(admitted) else None
        absent = {
            **{field.name: field.default for field in made if field.default is not dataclasses.MISSING},
            **{name: () if fields[name].many else None for name in bare},
        }
        plain = absent.keys() == fields.keys() and not _makes_its_own(event)
        doc = documentation(event)
        return cls(declared.kind, event, declared, fields, absent, plain, references, admits, texts, doc)

    def decode(self, data: object, version: int | None = None) -> Event:
        """Data of `version` (default: the current one) as an event; BAD_INPUT, with the path, if it is not that."""
        if not isinstance(data, dict):
            raise BadInput(f"{self.name} needs an object, not {kind_of(data)}")
        if version is not None and version != self.declared.version:
            data = self._upcast(data, version)
        if not data.keys() <= self.fields.keys():
            unknown = data.keys() - self.fields.keys()
            raise BadInput(f"{self.name} has no field {min(map(str, unknown))[:100]!r}")
        values = dict(self.absent)
        for name, field in self.fields.items():
            given = data.get(name)
            if given is None:
                if field.required and not field.many:  # an empty list is stored as nothing, and nothing read as one
                    raise BadInput(f"{self.name} needs {name}", (name,))
                continue
            try:
                values[name] = field.read(given)
            except BadInput as bad:
                raise bad.under(name) from None
        if self.plain:  # frozen ones set field by field, which takes as long as all that was read
            event = object.__new__(self.cls)
            vars(event).update(values)
            return event
        try:
            return self.cls(**values)
        except BadInput:
            raise
        except ValueError as error:
            raise BadInput(str(error)) from error
        except Exception as error:
            raise BadInput(f"{self.name} cannot be made of these data") from error

    def encode(self, event: Event) -> dict[str, Any]:
        """The event's data as it is stored: what is absent or empty is left out."""
        return {
            name: field.write(value)
            for name, field in self.fields.items()
            if (value := getattr(event, name)) is not None and value != ()
        }

    def refs(self, event: Event) -> Iterator[tuple[str, Ref[Any]]]:
        """The entities that the event names, each with the field that names it, in the order of the declaration."""
        for name, many in self.references:
            if (value := getattr(event, name)) is not None:
                for ref in value if many else (value,):
                    yield name, ref

    def named(self, event: Event, names: Names) -> Event:
        """The same event, with references that print the names that `names` knows."""

        def renamed(ref: Ref[Any]) -> Ref[Any]:
            return ref.called(names(ref.key))

        twin = object.__new__(type(event))  # not `replace`, which would check again what was checked
        values, told = vars(twin), vars(event)
        # Not what it worked out and kept, of other names.
        values.update(told if len(told) == len(self.fields) else {name: told[name] for name in self.fields})
        for name, many in self.references:
            if (value := values[name]) is not None:
                values[name] = tuple(map(renamed, value)) if many else renamed(value)
        return twin

    def changes(self, event: Event, occurred: FuzzyDate) -> tuple[Change, ...]:
        return tuple(event.changes(occurred))

    @property
    def choices(self) -> tuple[type[enum.StrEnum], ...]:
        return tuple(field.choice for field in self.fields.values() if field.choice)

    @property
    def example(self) -> dict[str, Any]:
        """Data that `decode` accepts, every field given."""
        return {name: field.example for name, field in self.fields.items()}

    def _upcast(self, data: dict[str, Any], version: int) -> dict[str, Any]:
        if not 1 <= version < self.declared.version:
            raise BadInput(f"{self.name} has versions 1 to {self.declared.version}, not {version}")
        for step in range(version, self.declared.version):
            try:
                data = self.declared.upcasts[step](dict(data))
            except Exception as error:
                raise BadInput(f"{self.name} cannot be read as version {step}") from error
            if not isinstance(data, dict):
                raise BadInput(f"{self.name} cannot be read as version {step}")
        return data


def documentation(declared: type) -> str:
    """A declaration's own docstring; TypeError where there is none (a dataclass makes one up from its fields)."""
    doc = vars(declared).get("__doc__")
    if not doc or doc.startswith(f"{declared.__name__}("):
        raise TypeError(f"{declared.__qualname__} needs a docstring: it is what people read in the API")
    return " ".join(doc.split())


def _makes_its_own(event: type[Event]) -> bool:
    """Whether there is more to making an object than to set its fields. A dataclass's own `__init__` is in no file."""
    own = hasattr(event, "__post_init__") or event.__new__ is not object.__new__
    return own or event.__init__.__code__.co_filename != "<string>"
