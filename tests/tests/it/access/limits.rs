//! Limits, and requests that are made to slip through.

use super::Shop;

const CUSTOMERS: &str = "/api/v1/customers";

#[test]
fn bodies_and_heads_have_limits() {
    let shop = Shop::new();
    let service = shop.serve(&[]);
    let head = |more: &str| {
        format!(
            "POST {CUSTOMERS} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n{more}\r\n",
            service.address
        )
    };
    let announced = service.send(head("Content-Length: 1048577\r\n").as_bytes());
    assert_eq!((announced.status, announced.problem().as_str()), (413, "body-too-large"));
    let fits = format!("{{\"external_id\": \"{}\"}}", "x".repeat(1_048_000));
    let fits = service.ask("POST", CUSTOMERS, &[], &fits);
    assert_eq!(
        (fits.status, fits.problem().as_str()),
        (422, "bad-fields"),
        "it is read and refused for what it says"
    );
    let mut chunked = head("Transfer-Encoding: chunked\r\nConnection: close\r\n").into_bytes();
    for _ in 0..20 {
        chunked.extend_from_slice(b"10000\r\n");
        chunked.extend_from_slice(&[b' '; 0x10000]);
        chunked.extend_from_slice(b"\r\n");
    }
    chunked.extend_from_slice(b"0\r\n\r\n");
    assert_eq!(service.send(&chunked).status, 413);
    let bulk = format!("[{}]", " ".repeat(7 * 1_048_576));
    let bulk = service.ask("POST", "/api/v1/customers/bulk", &[], &bulk);
    assert!(matches!(bulk.status, 201 | 422), "8 MiB are for many rows: {bulk:?}");

    let long = service.ask("GET", CUSTOMERS, &[format!("X-Long: {}", "x".repeat(200_000))], "");
    assert!((400..500).contains(&long.status), "{}", long.status);
    let many: Vec<String> = (0..500).map(|number| format!("X-{number}: 1")).collect();
    let many = service.ask("GET", CUSTOMERS, &many, "");
    assert!((400..500).contains(&many.status), "{}", many.status);
    assert_eq!(service.get("/health", "").status, 200);
}

#[test]
fn requests_that_mean_two_things_are_refused() {
    let shop = Shop::new();
    let key = shop.key("read");
    let service = shop.serve(&[]);
    let at = service.address;
    let smuggled = format!(
        "POST {CUSTOMERS} HTTP/1.1\r\nHost: {at}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n\
         0\r\n\r\nGET /api/v1/audit HTTP/1.1\r\nHost: {at}\r\nAuthorization: Bearer {key}\r\n\r\n"
    );
    let answer = service.send(smuggled.as_bytes());
    assert!((400..500).contains(&answer.status), "{answer:?}");
    assert!(!answer.body.contains("HTTP/1.1 200"), "{answer:?}");
    for head in [
        format!("GET {CUSTOMERS} HTTP/1.1\r\nHost: {at}\r\nHost: evil.example\r\n"),
        format!("GET http://evil.example{CUSTOMERS} HTTP/1.1\r\nHost: {at}\r\n"),
        format!("GET {CUSTOMERS} HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: {at}\r\n"),
        format!("GET {CUSTOMERS} HTTP/1.1\r\nHost : {at}\r\n"),
        format!("POST {CUSTOMERS} HTTP/1.1\r\nHost: {at}\r\nContent-Length: 4\r\nContent-Length: 5\r\n"),
        format!("POST {CUSTOMERS} HTTP/1.1\r\nHost: {at}\r\nContent-Length: -1\r\n"),
        format!("GET {CUSTOMERS} HTTP/1.1\r\n"),
    ] {
        let request = format!("{head}Authorization: Bearer {key}\r\nConnection: close\r\n\r\n");
        let answer = service.send(request.as_bytes());
        assert!((400..500).contains(&answer.status), "{head}: {answer:?}");
    }
}

#[test]
fn pages_of_other_sites_can_do_nothing() {
    let shop = Shop::new();
    let service = shop.serve(&[]);
    let body = r#"{"external_id": "forged"}"#;
    let from = |origin: &str| vec![format!("Origin: {origin}")];
    for origin in ["https://evil.example", "null", "http://localhost:1", "http://127.0.0.1"] {
        let answer = service.ask("POST", CUSTOMERS, &from(origin), body);
        assert_eq!((answer.status, answer.problem().as_str()), (403, "wrong-origin"), "{origin}");
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
    let form = format!(
        "POST {CUSTOMERS} HTTP/1.1\r\nHost: {}\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        service.address,
        body.len()
    );
    assert_eq!(service.send(form.as_bytes()).status, 415);
    let old_browser = ["Sec-Fetch-Site: cross-site".to_owned()];
    assert_eq!(service.ask("POST", CUSTOMERS, &old_browser, body).status, 403);
    let preflight = |origin: &str| {
        let asks = [from(origin), vec!["Access-Control-Request-Method: DELETE".to_owned()]].concat();
        service.ask("OPTIONS", CUSTOMERS, &asks, "")
    };
    assert_eq!(preflight("https://evil.example").status, 403);
    let read = service.ask("GET", CUSTOMERS, &from("https://evil.example"), "");
    assert_eq!((read.status, read.header("access-control-allow-origin")), (200, None));
    let own = service.ask("POST", CUSTOMERS, &from(&format!("http://{}", service.address)), body);
    assert_eq!(own.status, 201, "its own pages may: Swagger UI is one");
}

#[test]
fn pages_of_named_sites_may_ask() {
    let shop = Shop::new();
    let key = shop.key("read");
    let service = shop.serve(&["--allow-origin", "https://Shop.example"]);
    let from =
        |origin: &str| vec![format!("Origin: {origin}"), "Access-Control-Request-Method: GET".to_owned()];
    let preflight = service.ask("OPTIONS", CUSTOMERS, &from("https://shop.example"), "");
    assert_eq!(preflight.status, 204, "a browser asks this without the key: {preflight:?}");
    assert_eq!(preflight.header("access-control-allow-origin"), Some("https://shop.example"));
    assert!(preflight.header("access-control-allow-headers").unwrap().contains("authorization"));
    assert_eq!(preflight.header("access-control-allow-credentials"), None);
    for other in ["https://shop.example.evil.example", "http://shop.example", "https://shop.example:444", "*"]
    {
        let refused = service.ask("OPTIONS", CUSTOMERS, &from(other), "");
        assert_eq!((refused.status, refused.header("access-control-allow-origin")), (403, None), "{other}");
    }
    let asked = [from("https://shop.example"), vec![format!("Authorization: Bearer {key}")]].concat();
    let answer = service.ask("GET", CUSTOMERS, &asked, "");
    assert_eq!(
        (answer.status, answer.header("access-control-allow-origin")),
        (200, Some("https://shop.example"))
    );
    assert!(answer.head.contains("vary: origin"), "{answer:?}");
}

#[test]
fn each_key_has_its_rate_and_this_computer_without_keys_has_none() {
    let shop = Shop::new();
    let service = shop.serve(&["--rate", "5"]);
    assert!((0..40).all(|_| service.get("/api/v1/customers?limit=1", "").status == 200));
    drop(service);
    let (one, two) = (shop.key("read"), shop.key("read"));
    let service = shop.serve(&["--rate", "5"]);
    let answers: Vec<_> = (0..40).map(|_| service.get("/api/v1/customers?limit=1", &one)).collect();
    let refused = answers.iter().find(|answer| answer.status == 429).expect("40 at once are too many");
    assert_eq!((refused.problem().as_str(), refused.header("retry-after")), ("too-many-requests", Some("1")));
    assert!(answers.iter().filter(|answer| answer.status == 200).count() >= 5);
    assert_eq!(service.get("/api/v1/customers?limit=1", &two).status, 200, "others are not held back");
    drop(service);
    let service = shop.serve(&["--rate", "0"]);
    assert!((0..40).all(|_| service.get("/api/v1/customers?limit=1", &one).status == 200));
}
