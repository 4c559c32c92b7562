//! What the service tells a monitor: requests by route and status, and how long they took (Prometheus text).

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Upper ends of the histogram, in seconds.
const BUCKETS: [f64; 9] = [0.000_5, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 10.0];

/// Counts requests.
#[derive(Default)]
pub(crate) struct Metrics(Mutex<BTreeMap<(String, u16), Requests>>);

/// Requests of one route with one status.
#[derive(Clone, Default)]
struct Requests {
    count: u64,
    seconds: f64,
    /// Requests that took no longer than the bucket's end, and longer than the end before.
    buckets: [u64; BUCKETS.len()],
}

impl Metrics {
    /// Notes a request. `route` is the pattern of the path, never the path: a customer's id belongs in no metric.
    pub(crate) fn note(&self, route: String, status: u16, took: Duration) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let requests = all.entry((route, status)).or_default();
        let seconds = took.as_secs_f64();
        requests.count += 1;
        requests.seconds += seconds;
        if let Some(bucket) = BUCKETS.iter().position(|end| seconds <= *end) {
            requests.buckets[bucket] += 1;
        }
    }

    /// Everything so far.
    pub(crate) fn text(&self) -> String {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut text = String::from(
            "# HELP patron_http_requests_total Requests answered.\n# TYPE patron_http_requests_total counter\n",
        );
        // writing to a text does not fail
        for ((route, status), requests) in &all {
            let _ = writeln!(
                text,
                "patron_http_requests_total{{route=\"{route}\",status=\"{status}\"}} {}",
                requests.count
            );
        }
        text += "# HELP patron_http_request_duration_seconds How long an answer took to make.\n\
                 # TYPE patron_http_request_duration_seconds histogram\n";
        for ((route, status), requests) in &all {
            let labels = format!("route=\"{route}\",status=\"{status}\"");
            let mut up_to = 0;
            for (end, count) in BUCKETS.iter().zip(requests.buckets) {
                up_to += count;
                let _ = writeln!(
                    text,
                    "patron_http_request_duration_seconds_bucket{{{labels},le=\"{end}\"}} {up_to}"
                );
            }
            let _ = writeln!(
                text,
                "patron_http_request_duration_seconds_bucket{{{labels},le=\"+Inf\"}} {count}\n\
                 patron_http_request_duration_seconds_sum{{{labels}}} {seconds}\n\
                 patron_http_request_duration_seconds_count{{{labels}}} {count}",
                count = requests.count,
                seconds = requests.seconds,
            );
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_and_buckets_add_up() {
        let metrics = Metrics::default();
        for micros in [400, 700, 20_000_000] {
            metrics.note("/health".to_owned(), 200, Duration::from_micros(micros));
        }
        let text = metrics.text();
        assert!(text.contains("patron_http_requests_total{route=\"/health\",status=\"200\"} 3\n"), "{text}");
        for (end, count) in [("0.0005", 1), ("0.001", 2), ("10", 2), ("+Inf", 3)] {
            let line = format!("_bucket{{route=\"/health\",status=\"200\",le=\"{end}\"}} {count}\n");
            assert!(text.contains(&line), "{line}{text}");
        }
    }
}
