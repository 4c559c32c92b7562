//! Every table with every verb, over a database file.

mod bodies;
mod bulk;
mod conditions;
mod idempotency;
mod lists;
mod personal;
mod verbs;

use std::rc::Rc;

use actix_web::dev::Service;
use actix_web::http::Method;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, HttpMessage, rt, web};
use chrono::{DateTime, NaiveDateTime};
use patron_store::{DatabaseUrl, NewKey, Scopes, Store};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::access::Caller;
use crate::database::Database;
use crate::pages;

fn clock() -> NaiveDateTime {
    DateTime::UNIX_EPOCH.naive_utc()
}

/// A shop with nothing in it, and who asks.
struct Shop {
    runtime: rt::SystemRunner,
    database: Database,
    caller: Caller,
    folder: TempDir,
}

struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// The row that was created.
    fn created(&self) -> Value {
        assert_eq!(self.status, 201, "{}", self.body);
        self.json()
    }

    fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.body);
        self.json()
    }

    /// A problem document: its fields, each with its row where it has one.
    fn problem(&self, status: u16, kind: &str) -> Vec<String> {
        assert_eq!(self.status, status, "{}", self.body);
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["type"], format!("urn:patron:problem:{kind}"), "{problem}");
        let empty = Vec::new();
        let errors = problem["errors"].as_array().unwrap_or(&empty);
        let field = |error: &Value| match error["row"].as_u64() {
            Some(row) => format!("{row}:{}", error["field"].as_str().unwrap()),
            None => error["field"].as_str().unwrap().to_owned(),
        };
        errors.iter().map(field).collect()
    }
}

impl Shop {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::from_path(folder.path().join("shop.db"));
        drop(Store::open(&url).unwrap());
        let database = Database::open(&url, clock).unwrap();
        Self { runtime: rt::System::new(), database, caller: Caller::local(), folder }
    }

    /// The same shop, asked by somebody who may only do these things.
    fn asked_with(self, scopes: &str) -> Self {
        let scopes: Scopes = scopes.parse().unwrap();
        let new = NewKey { name: scopes.to_string(), scopes, created_at: clock(), expires_at: None };
        let (key, _) = self.store().write(|writing| writing.create_key(&new, [7; 32])).unwrap();
        Self { caller: Caller::with_key(&key), ..self }
    }

    fn store(&self) -> Store {
        Store::open(&DatabaseUrl::from_path(self.folder.path().join("shop.db"))).unwrap()
    }

    fn ask(&self, request: TestRequest) -> Answer {
        self.ask_all(vec![request]).pop().unwrap()
    }

    /// Sends all at once.
    fn ask_all(&self, requests: Vec<TestRequest>) -> Vec<Answer> {
        let (database, caller) = (web::Data::new(self.database.clone()), self.caller.clone());
        self.runtime.block_on(async move {
            let app = App::new()
                .app_data(database)
                .configure(super::routes)
                .default_service(web::to(pages::nothing))
                .wrap_fn(move |request, service| {
                    request.extensions_mut().insert(caller.clone());
                    service.call(request)
                });
            let app = Rc::new(init_service(app).await);
            let sent = requests.into_iter().map(|request| {
                let app = Rc::clone(&app);
                rt::spawn(async move {
                    let response = call_service(&*app, request.to_request()).await;
                    let status = response.status().as_u16();
                    let header = |(name, value): (&HeaderName, &HeaderValue)| {
                        (name.to_string(), value.to_str().unwrap().to_owned())
                    };
                    let headers = response.headers().iter().map(header).collect();
                    let body = String::from_utf8(read_body(response).await.to_vec()).unwrap();
                    Answer { status, headers, body }
                })
            });
            let sent: Vec<_> = sent.collect();
            let mut answers = Vec::new();
            for one in sent {
                answers.push(one.await.unwrap());
            }
            answers
        })
    }

    fn get(&self, path: &str) -> Answer {
        self.ask(request(Method::GET, path))
    }

    fn post(&self, path: &str, body: &Value) -> Answer {
        self.ask(with_body(Method::POST, path, body))
    }

    fn put(&self, path: &str, body: &Value) -> Answer {
        self.ask(with_body(Method::PUT, path, body))
    }

    fn patch(&self, path: &str, body: &Value) -> Answer {
        self.ask(with_body(Method::PATCH, path, body))
    }

    fn delete(&self, path: &str) -> Answer {
        self.ask(request(Method::DELETE, path))
    }

    /// A customer, a product, a transaction, and a sale of two of the one to the other.
    fn with_a_sale(self) -> Self {
        self.post("/api/v1/customers", &json!({"external_id": "c1", "country": "France"})).created();
        self.post("/api/v1/products", &json!({"sku": "MUG", "price": "4.50"})).created();
        let order = json!({"invoice_number": "A1", "timestamp": "2011-12-09T12:50:00", "customer_id": 1});
        self.post("/api/v1/transactions", &order).created();
        let line = json!({"invoice_number": "A1", "sku": "MUG", "quantity": 2, "unit_price": "4.50"});
        self.post("/api/v1/sales", &line).created();
        self
    }
}

fn request(method: Method, path: &str) -> TestRequest {
    TestRequest::with_uri(path).method(method)
}

fn with_body(method: Method, path: &str, body: &Value) -> TestRequest {
    let request = request(method, path).insert_header(("content-type", "application/json"));
    request.set_payload(body.to_string())
}
