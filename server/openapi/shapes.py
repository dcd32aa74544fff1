"""Short hands for JSON Schema (2020-12), and how a marshmallow schema is said in it."""

from typing import Any

from marshmallow import Schema, fields, validate

Shape = dict[str, Any]

TEXT: Shape = {"type": "string"}
NUMBER: Shape = {"type": "integer"}
COUNT: Shape = {"type": "integer", "minimum": 0}
TRUTH: Shape = {"type": "boolean"}
DAY: Shape = {"type": "string", "format": "date"}
INSTANT: Shape = {"type": "string", "format": "date-time"}
UUID: Shape = {"type": "string", "format": "uuid"}
ANYTHING: Shape = {}
OBJECT: Shape = {"type": "object"}


def ref(name: str) -> Shape:
    """A component by its name."""
    return {"$ref": f"#/components/schemas/{name}"}


def many(item: Shape, **more: Any) -> Shape:
    """An array."""
    return {"type": "array", "items": item, **more}


def words(values: Any) -> Shape:
    """One of a closed list of words."""
    return {"type": "string", "enum": list(values)}


def maybe(shape: Shape) -> Shape:
    """The shape, or null."""
    return {"anyOf": [shape, {"type": "null"}]}


def thing(description: str = "", *, optional: tuple[str, ...] = (), **keys: Shape) -> Shape:
    """An object with these keys, all required but the optional ones; further keys may be added one day."""
    return thing_of(keys, description, optional)


def thing_of(keys: dict[str, Shape], description: str = "", optional: tuple[str, ...] = ()) -> Shape:
    """The same for keys that Python cannot take by name."""
    shape: Shape = {"type": "object", "properties": keys, "required": [key for key in keys if key not in optional]}
    return {"description": description, **shape} if description else shape


def from_marshmallow(schema: Schema) -> Shape:
    """An object as a marshmallow schema reads it."""
    required = [name for name, field in schema.fields.items() if field.required]
    properties = {name: _field(field) for name, field in schema.fields.items()}
    return {"type": "object", "properties": properties, "required": required}


def _field(field: fields.Field[Any]) -> Shape:
    shape: Shape
    if isinstance(field, fields.Integer):
        shape = dict(NUMBER)
    elif isinstance(field, fields.List):
        shape = many(_field(field.inner))
    elif isinstance(field, fields.String):
        shape = dict(TEXT)
    else:
        raise TypeError(type(field))
    for rule in field.validators:
        shape |= _rule(rule, is_list=isinstance(field, fields.List))
    return maybe(shape) if field.allow_none else shape


def _rule(rule: Any, *, is_list: bool) -> Shape:
    if isinstance(rule, validate.Equal):
        return {"const": rule.comparable}
    if not isinstance(rule, validate.Length):
        raise TypeError(type(rule))
    unit = "Items" if is_list else "Length"
    given = {f"min{unit}": rule.min, f"max{unit}": rule.max}
    return {key: value for key, value in given.items() if value is not None}
