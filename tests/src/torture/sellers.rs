//! Threads that post sales until the service is gone.

use std::io;
use std::net::SocketAddr;
use std::thread::{self, JoinHandle, sleep};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::http::{self, Answer};

/// Threads that post single sales, and those that post many lines at once.
const SELLERS: (u32, u32) = (4, 2);
/// Lines in a request of many.
const BULK: u32 = 25;

/// A request that creates lines of one invoice.
pub(super) struct Request {
    path: &'static str,
    body: String,
    pub(super) key: String,
    pub(super) invoice: String,
    pub(super) lines: u32,
    /// Sum of the lines' amounts, in ten-thousandths.
    pub(super) amount: i64,
    /// The body of the first 201; `None`: nobody knows what became of the request.
    pub(super) answer: Option<String>,
}

impl Request {
    /// The `turn`th request of a seller.
    fn new(round: u32, seller: u32, turn: u32) -> Self {
        let invoice = format!("live-{round}-{seller}-{turn}");
        let line = |place: u32| {
            json!({
                "invoice_number": invoice,
                "customer_external_id": (1 + turn % 5).to_string(),
                "sku": (10_000 + (turn + place) % 7).to_string(),
                "timestamp": "2024-02-01T10:00:00",
                "quantity": 1 + place % 3,
                "unit_price": "2.50",
                "create_missing": true,
            })
        };
        let (path, lines) =
            if seller < SELLERS.0 { ("/api/v1/sales", 1) } else { ("/api/v1/sales/bulk", BULK) };
        let amount = (0..lines).map(|place| i64::from(1 + place % 3) * 25_000).sum();
        let body = if lines == 1 { line(0) } else { (0..lines).map(line).collect() };
        let key = format!("key-{invoice}");
        Self { path, body: body.to_string(), key, invoice, lines, amount, answer: None }
    }

    /// Posts it.
    ///
    /// # Errors
    /// What the socket says.
    pub(super) fn send(&self, at: SocketAddr) -> io::Result<Answer> {
        http::ask(at, "POST", self.path, &[("Idempotency-Key", &self.key)], Some(&self.body))
    }
}

/// Sellers at work.
pub(super) struct Sellers(Vec<JoinHandle<Sold>>);

/// What they did.
#[derive(Default)]
pub(super) struct Sold {
    pub(super) requests: Vec<Request>,
    /// Times that a request was told to come again.
    pub(super) refused: usize,
    pub(super) longest_wait: Duration,
}

impl Sellers {
    /// Starts them; they stop when the service does not answer any more.
    pub(super) fn start(at: SocketAddr, round: u32) -> Self {
        let sellers = 0..SELLERS.0 + SELLERS.1;
        Self(sellers.map(|seller| thread::spawn(move || sell(at, round, seller))).collect())
    }

    /// What they did, when all have stopped.
    pub(super) fn join(self) -> Sold {
        let mut all = Sold::default();
        for seller in self.0 {
            let sold = seller.join().expect("what a seller finds wrong is said above");
            all.requests.extend(sold.requests);
            all.refused += sold.refused;
            all.longest_wait = all.longest_wait.max(sold.longest_wait);
        }
        all
    }
}

fn sell(at: SocketAddr, round: u32, seller: u32) -> Sold {
    let mut sold = Sold::default();
    for turn in 0.. {
        let mut request = Request::new(round, seller, turn);
        loop {
            let begun = Instant::now();
            let answered = request.send(at);
            let Ok(answer) = answered else {
                sold.requests.push(request);
                return sold;
            };
            sold.longest_wait = sold.longest_wait.max(begun.elapsed());
            match answer.status {
                201 => {
                    request.answer = Some(answer.body);
                    break;
                }
                503 => {
                    assert!(
                        answer.header("retry-after").is_some(),
                        "503 says when to come again: {}",
                        answer.head
                    );
                    sold.refused += 1;
                    sleep(Duration::from_millis(20));
                }
                other => panic!("{}: {other} {}", request.key, answer.body),
            }
        }
        sold.requests.push(request);
    }
    sold
}
