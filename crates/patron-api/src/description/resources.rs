//! The routes of the shop's tables, described from their fields.

use patron_report::format::capital;
use patron_store::{CustomerRecord, DateRecord, ProductRecord, SaleRecord, Sort, TransactionRecord};
use serde_json::{Map, Value, json};
use utoipa::openapi::{OpenApi as Document, PathItem, RefOr, Schema};

use super::fields::{Body, body, example, filter, row};
use crate::ApiError;
use crate::parameters::LARGEST_PAGE;
use crate::resources::{Field, LONGEST_KEY, MOST_ROWS, ROWS, Readable, Worded, Writable};

/// Adds paths and schemas of all tables.
///
/// # Errors
/// [`ApiError::Json`].
pub(super) fn add(document: &mut Document) -> Result<(), ApiError> {
    let (paths, schemas) = all();
    for (path, item) in paths {
        document.paths.paths.insert(path, serde_json::from_value::<PathItem>(item)?);
    }
    let components = document.components.get_or_insert_default();
    for (name, schema) in schemas {
        components.schemas.insert(name, serde_json::from_value::<RefOr<Schema>>(schema)?);
    }
    Ok(())
}

type Named = Map<String, Value>;

fn all() -> (Named, Named) {
    let mut described = Described::default();
    described.worded::<CustomerRecord>();
    described.worded::<ProductRecord>();
    described.worded::<TransactionRecord>();
    described.writable::<SaleRecord>();
    described.writable::<DateRecord>();
    (described.paths, described.schemas)
}

#[derive(Default)]
struct Described {
    paths: Named,
    schemas: Named,
}

impl Described {
    fn readable<R: Readable>(&mut self) {
        self.schemas.insert(one::<R>(), row(R::FIELDS));
        self.paths.insert(path::<R>(""), json!({"get": list::<R>()}));
        self.paths.insert(path::<R>("/{id}"), json!({"get": get::<R>("", by_id::<R>())}));
    }

    fn writable<R: Writable>(&mut self) {
        self.readable::<R>();
        self.schemas.insert(format!("New{}", one::<R>()), body::<R>(Body::Row));
        self.schemas.insert(format!("{}Patch", one::<R>()), body::<R>(Body::Changes));
        self.paths[&path::<R>("")]["post"] = create::<R>();
        self.paths.insert(path::<R>("/bulk"), json!({"post": create_all::<R>()}));
        let item = &mut self.paths[&path::<R>("/{id}")];
        item["put"] = replace::<R>();
        item["patch"] = patch::<R>("", by_id::<R>());
        item["delete"] = delete::<R>("", by_id::<R>());
    }

    fn worded<R: Worded>(&mut self) {
        self.writable::<R>();
        let by = format!("By{}", words(R::WORD));
        self.schemas.insert(format!("{}{by}", one::<R>()), body::<R>(Body::NamedRow));
        let item = json!({
            "get": get::<R>(&by, by_word::<R>()),
            "put": upsert::<R>(&by),
            "patch": patch::<R>(&by, by_word::<R>()),
            "delete": delete::<R>(&by, by_word::<R>()),
        });
        self.paths.insert(path::<R>(&format!("/{}/{{{}}}", R::BY, R::WORD)), item);
    }
}

/// What a cursor looks like: order, direction, number of a row, and its place in the order.
const CURSOR: &str = r"^[a-z_]+\.(up|down)\.-?[0-9]{1,18}\.(n-?[0-9]{1,18}|t([0-9a-f]{2})*|p)$";

fn list<R: Readable>() -> Value {
    let sorts: Vec<String> =
        R::Sort::ALL.iter().flat_map(|sort| [sort.word().to_owned(), format!("-{}", sort.word())]).collect();
    let mut parameters = vec![
        json!({"name": "limit", "in": "query", "required": false, "description": "Rows of a page. Without the scope `personal` a page may have fewer.",
            "schema": {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": ROWS}}),
        json!({"name": "after", "in": "query", "required": false, "description": "`next` of the page before, as it is; with the same `sort`.",
            "schema": {"type": "string", "pattern": CURSOR}}),
        json!({"name": "sort", "in": "query", "required": false, "description": "The order; with `-` before it, the largest come first. Equal values are in the order of the numbers.",
            "schema": {"type": "string", "enum": sorts}}),
        fields::<R>(),
    ];
    parameters.extend(R::FILTERS.iter().map(filter));
    let many = R::MANY;
    let page = json!({
        "type": "object", "required": ["items", "next"],
        "properties": {
            "items": {"type": "array", "items": reference(&one::<R>())},
            "next": {"type": ["string", "null"], "description": "Pass it as `after` for the next page; null on the last."},
        },
    });
    json!({
        "tags": [capital(many)], "operationId": format!("list{}", capital(many)), "summary": format!("List {many}"),
        "description": "Page after page, every row that is there all the while comes exactly once, whatever comes and goes.",
        "parameters": parameters,
        "responses": {"200": {
            "description": "A page",
            "headers": {"Link": text_header("Where the next page is (`rel=\"next\"`); absent on the last.")},
            "content": {"application/json": {"schema": page}},
        }},
    })
}

fn get<R: Readable>(by: &str, place: Value) -> Value {
    let one = one::<R>();
    json!({
        "tags": [capital(R::MANY)], "operationId": format!("get{one}{by}"), "summary": format!("One {}", R::WHAT),
        "parameters": [place, fields::<R>(), if_none_match("An ETag: the answer is 304 where the row is still as it was.")],
        "responses": {
            "200": row_response::<R>("The row"),
            "304": {"description": "The row is as it was", "headers": {"ETag": text_header("The mark of its contents.")}},
        },
    })
}

fn create<R: Writable>() -> Value {
    json!({
        "tags": [capital(R::MANY)], "operationId": format!("create{}", one::<R>()), "summary": format!("Create a {}", R::WHAT),
        "description": ONCE,
        "parameters": [idempotency_key()],
        "requestBody": request_body(&format!("New{}", one::<R>()), &["application/json"], R::EXAMPLE),
        "responses": {"201": new_row::<R>()},
    })
}

fn create_all<R: Writable>() -> Value {
    let schema = json!({"type": "array", "minItems": 1, "maxItems": MOST_ROWS, "items": reference(&format!("New{}", one::<R>()))});
    let items = json!({
        "type": "object", "required": ["items"],
        "properties": {"items": {"type": "array", "items": reference(&one::<R>())}},
    });
    json!({
        "tags": [capital(R::MANY)], "operationId": format!("create{}", capital(R::MANY)), "summary": format!("Create many {}", R::MANY),
        "description": format!("Up to {MOST_ROWS} at a time: all of them, or none; errors tell their rows. {ONCE}"),
        "parameters": [idempotency_key()],
        "requestBody": {"required": true, "content": {"application/json": {"schema": schema, "example": [example(R::EXAMPLE)]}}},
        "responses": {"201": {
            "description": "The rows, in the order given",
            "headers": {"Idempotent-Replayed": text_header(REPLAYED)},
            "content": {"application/json": {"schema": items}},
        }},
    })
}

fn replace<R: Writable>() -> Value {
    json!({
        "tags": [capital(R::MANY)], "operationId": format!("replace{}", one::<R>()), "summary": format!("Replace a {}", R::WHAT),
        "description": "Fields that are left out are empty afterwards.",
        "parameters": [by_id::<R>(), if_match()],
        "requestBody": request_body(&format!("New{}", one::<R>()), &["application/json"], R::EXAMPLE),
        "responses": {"200": row_response::<R>("The row as it is now")},
    })
}

fn upsert<R: Worded>(by: &str) -> Value {
    let mut sent = example(R::EXAMPLE);
    if let Some(sent) = sent.as_object_mut() {
        sent.remove(R::WORD);
    }
    json!({
        "tags": [capital(R::MANY)], "operationId": format!("put{}{by}", one::<R>()), "summary": format!("Create or replace a {}", R::WHAT),
        "description": "Fields that are left out are empty afterwards. With `If-Match` it only replaces, with `If-None-Match: *` it only creates.",
        "parameters": [by_word::<R>(), if_match(), if_none_match("`*`: only if there is none.")],
        "requestBody": request_body(&format!("{}{by}", one::<R>()), &["application/json"], &sent.to_string()),
        "responses": {"200": row_response::<R>("The row as it is now"), "201": new_row::<R>()},
    })
}

fn patch<R: Writable>(by: &str, place: Value) -> Value {
    let types = ["application/merge-patch+json", "application/json"];
    json!({
        "tags": [capital(R::MANY)], "operationId": format!("patch{}{by}", one::<R>()), "summary": format!("Change some fields of a {}", R::WHAT),
        "description": "A JSON merge patch (RFC 7396): null empties a field, what is left out stays.",
        "parameters": [place, if_match()],
        "requestBody": request_body(&format!("{}Patch", one::<R>()), &types, R::EXAMPLE_OF_CHANGE),
        "responses": {"200": row_response::<R>("The row as it is now")},
    })
}

fn delete<R: Writable>(by: &str, place: Value) -> Value {
    json!({
        "tags": [capital(R::MANY)], "operationId": format!("delete{}{by}", one::<R>()), "summary": format!("Delete a {}", R::WHAT),
        "description": "A row that others refer to stays: the answer is 409, with their number.",
        "parameters": [place, if_match()],
        "responses": {"204": {"description": "It is gone"}},
    })
}

const ONCE: &str = "With an `Idempotency-Key` it can be sent again for 24 hours when its answer was lost: the rows are created once, and answered as they are then.";
const REPLAYED: &str = "`true` where the rows were created by an earlier request with this key.";

fn row_response<R: Readable>(meaning: &str) -> Value {
    json!({
        "description": meaning,
        "headers": {"ETag": text_header("The mark of its contents, for `If-Match` and `If-None-Match`.")},
        "content": {"application/json": {"schema": reference(&one::<R>())}},
    })
}

fn new_row<R: Writable>() -> Value {
    let mut response = row_response::<R>("The new row");
    response["headers"]["Location"] = text_header("Where it is.");
    response["headers"]["Idempotent-Replayed"] = text_header(REPLAYED);
    let operations = ["get", "replace", "patch", "delete"];
    let link = |operation: &str| {
        let link = json!({"operationId": format!("{operation}{}", one::<R>()), "parameters": {"id": "$response.body#/id"}});
        (format!("{operation}{}", one::<R>()), link)
    };
    response["links"] = Value::Object(operations.into_iter().map(link).collect());
    response
}

fn request_body(schema: &str, types: &[&str], text: &str) -> Value {
    let content = json!({"schema": reference(schema), "example": example(text)});
    let content: Named = types.iter().map(|one| ((*one).to_owned(), content.clone())).collect();
    json!({"required": true, "content": content})
}

fn by_id<R: Readable>() -> Value {
    let id = R::FIELDS.iter().find(|field| field.name == "id").map_or("1", |field| field.example);
    json!({"name": "id", "in": "path", "required": true, "description": format!("Number of the {}.", R::WHAT),
        "schema": {"type": "integer", "format": "int64"}, "example": example(id)})
}

fn by_word<R: Worded>() -> Value {
    let field: Option<&Field> = R::FIELDS.iter().find(|field| field.name == R::WORD);
    let (meaning, sample) = field.map_or(("", "null"), |field| (field.meaning, field.example));
    json!({"name": R::WORD, "in": "path", "required": true, "description": format!("{meaning} Percent-encoded: `a/b` is `a%2Fb`."),
        "schema": {"type": "string", "minLength": 1}, "example": example(sample)})
}

fn fields<R: Readable>() -> Value {
    let names: Vec<&str> =
        R::FIELDS.iter().filter(|field| field.is_shown()).map(|field| field.name).collect();
    json!({"name": "fields", "in": "query", "required": false, "explode": false, "style": "form",
        "description": "Only these fields, with commas between them, and `id`.",
        "schema": {"type": "array", "minItems": 1, "items": {"type": "string", "enum": names}}})
}

fn idempotency_key() -> Value {
    let mut parameter =
        header("Idempotency-Key", "A text of your own for this very request, such as a UUID.");
    parameter["schema"] =
        json!({"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[!-~]+$"});
    parameter
}

/// A star, or entity tags with commas between them (RFC 9110, section 8.8.3).
const TAGS: &str = r#"^(\*|(W/)?"[!#-~]*"( *, *(W/)?"[!#-~]*")*)$"#;

fn if_match() -> Value {
    let meaning =
        "The ETag of the row as it was seen: where it has changed since, it stays and the answer is 412.";
    tags(header("If-Match", meaning))
}

fn if_none_match(meaning: &str) -> Value {
    tags(header("If-None-Match", meaning))
}

fn tags(mut parameter: Value) -> Value {
    parameter["schema"]["pattern"] = json!(TAGS);
    parameter
}

fn header(name: &str, meaning: &str) -> Value {
    json!({"name": name, "in": "header", "required": false, "description": meaning, "schema": {"type": "string"}})
}

fn text_header(meaning: &str) -> Value {
    json!({"description": meaning, "schema": {"type": "string"}})
}

fn reference(schema: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{schema}")})
}

fn path<R: Readable>(rest: &str) -> String {
    format!("/api/v1/{}{rest}", R::MANY)
}

/// `Customer`.
fn one<R: Readable>() -> String {
    capital(R::WHAT)
}

/// `ExternalId` for `external_id`.
fn words(name: &str) -> String {
    name.split('_').map(capital).collect()
}

#[cfg(test)]
mod tests {
    use utoipa::OpenApi;

    use super::*;

    #[test]
    fn nothing_of_the_description_is_lost() {
        let mut document = crate::description::Written::openapi();
        add(&mut document).unwrap();
        let kept = serde_json::to_value(&document).unwrap();
        let (paths, schemas) = all();
        for (path, item) in paths {
            assert_eq!(kept["paths"][&path], item, "{path}");
        }
        for (name, schema) in schemas {
            assert_eq!(kept["components"]["schemas"][&name], schema, "{name}");
        }
    }
}
