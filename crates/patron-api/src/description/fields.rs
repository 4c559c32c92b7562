//! The rows of the shop's tables as schemas: as they are answered, and as they are written.

use serde_json::{Map, Value, json};

use crate::resources::{Field, Kind, Role, Writable};

/// In which way a body writes a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Body {
    /// A whole row.
    Row,
    /// A whole row that the path names by the shop's own word.
    NamedRow,
    /// Some fields of a row.
    Changes,
}

/// A row as it is answered.
pub(super) fn row(fields: &[Field]) -> Value {
    let shown = fields.iter().filter(|field| field.is_shown());
    let properties: Map<String, Value> = shown
        .map(|field| {
            let mut schema = of_kind(field.kind, false, field.is_nullable());
            let absent = if field.personal { " Absent without the scope `personal`." } else { "" };
            schema["description"] = json!(format!("{}{absent}", field.meaning));
            schema["example"] = example(field.example);
            (field.name.to_owned(), schema)
        })
        .collect();
    json!({"type": "object", "required": ["id"], "properties": properties})
}

/// A body that writes a row.
pub(super) fn body<R: Writable>(body: Body) -> Value {
    let written = R::FIELDS.iter().filter(|field| field.is_written());
    let properties: Map<String, Value> = written
        .clone()
        .map(|field| {
            let may_be_null = match field.role {
                Role::Needed | Role::OneOf => false,
                _ => body != Body::Changes || field.role != Role::Asked,
            };
            let mut schema = of_kind(field.kind, true, may_be_null);
            schema["description"] = json!(field.meaning);
            (field.name.to_owned(), schema)
        })
        .collect();
    let is_needed = |field: &&Field| match body {
        Body::Row => field.role == Role::Needed,
        Body::NamedRow => field.role == Role::Needed && field.name != R::WORD_FIELD,
        Body::Changes => false,
    };
    let needed: Vec<&str> = written.clone().filter(is_needed).map(|field| field.name).collect();
    let mut schema = json!({"type": "object", "properties": properties, "additionalProperties": false});
    if !needed.is_empty() {
        schema["required"] = json!(needed);
    }
    let one_of: Vec<Value> = written
        .filter(|field| field.role == Role::OneOf)
        .map(|field| json!({"type": "object", "required": [field.name]}))
        .collect();
    if one_of.is_empty() || body == Body::Changes {
        schema
    } else {
        json!({"allOf": [schema, {"oneOf": one_of}]})
    }
}

/// A parameter of a list.
pub(super) fn filter(field: &Field) -> Value {
    let mut schema = of_kind(field.kind, false, false);
    if field.kind == Kind::Amount {
        schema["pattern"] = json!(AMOUNT);
    }
    json!({
        "name": field.name, "in": "query", "required": false, "description": field.meaning, "schema": schema,
        "example": example(field.example),
    })
}

/// The example of a field.
pub(super) fn example(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or(Value::Null)
}

const AMOUNT: &str = r"^-?[0-9]{1,11}(\.[0-9]{1,4})?$";
const PRICE: &str = r"^[0-9]{1,11}(\.[0-9]{1,4})?$";
/// No control characters, and more than blanks.
const WORD: &str = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$";
const TEXT: &str = r"^[^\x00]*$";
const EMAIL: &str = r"^\s*([^@\s\x00]+@[^@\s\x00]+)?\s*$";
/// From 1850 on.
const DAY: &str = r"^(18[5-9][0-9]|19[0-9]{2}|[2-9][0-9]{3})-[0-9]{2}-[0-9]{2}$";
const TIME: &str = r"^(18[5-9][0-9]|19[0-9]{2}|[2-9][0-9]{3})-((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])?$";

/// What a field holds; `written`: as a client may write it.
fn of_kind(kind: Kind, written: bool, nullable: bool) -> Value {
    let (kind_of_value, rest) = match kind {
        Kind::Id => ("integer", json!({"format": "int64"})),
        Kind::Number => ("integer", json!({"format": "int32"})),
        Kind::Flag => ("boolean", json!({})),
        Kind::Word if written => ("string", json!({"minLength": 1, "maxLength": 200, "pattern": WORD})),
        Kind::Text if written => ("string", json!({"maxLength": 2000, "pattern": TEXT})),
        Kind::Email if written => ("string", json!({"maxLength": 2000, "pattern": EMAIL})),
        Kind::Amount if written => ("string", json!({"pattern": AMOUNT})),
        Kind::Price if written => ("string", json!({"pattern": PRICE})),
        Kind::Day if written => ("string", json!({"format": "date", "pattern": DAY})),
        Kind::Time if written => ("string", json!({"pattern": TIME})),
        Kind::Word | Kind::Text | Kind::Email => ("string", json!({})),
        Kind::Amount | Kind::Price => ("string", json!({"pattern": r"^-?[0-9]+\.[0-9]{2,4}$"})),
        Kind::Day => ("string", json!({"format": "date"})),
        Kind::Time => (
            "string",
            json!({"pattern": r"^-?[0-9]{4,}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([+-][0-9:]+)?$"}),
        ),
        Kind::Line => ("string", json!({"enum": ["sale", "return", "service"]})),
    };
    let mut schema = rest;
    schema["type"] = if nullable { json!([kind_of_value, "null"]) } else { json!(kind_of_value) };
    if let (true, Some(words)) = (nullable, schema.get_mut("enum").and_then(Value::as_array_mut)) {
        words.push(Value::Null);
    }
    if written && kind == Kind::Number {
        schema["minimum"] = json!(i32::MIN);
        schema["maximum"] = json!(i32::MAX);
    }
    schema
}
