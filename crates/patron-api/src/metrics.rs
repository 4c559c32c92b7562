//! What the service tells a monitor: requests by route and status, how long they took, and how renewing goes (Prometheus
//! text).

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::live::Standing;

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

/// How renewing goes, which model serves, how many changes wait to be written, and which program it is.
pub(crate) fn of_service(standing: &Standing, waiting: usize) -> String {
    let mut text = format!(
        "# HELP patron_build_info The program.\n# TYPE patron_build_info gauge\n\
         patron_build_info{{version=\"{}\"}} 1\n",
        env!("CARGO_PKG_VERSION")
    );
    let seconds = standing.last.as_secs_f64();
    let mut add = |name: &str, kind: &str, help: &str, value: &dyn std::fmt::Display| {
        // writing to a text does not fail
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}");
    };
    add(
        "patron_renewals_total",
        "counter",
        "Computations of the answers that ended well.",
        &standing.renewals,
    );
    add(
        "patron_renewal_failures_total",
        "counter",
        "Computations of the answers that failed.",
        &standing.failures,
    );
    add("patron_renewal_duration_seconds", "gauge", "How long the last computation took.", &seconds);
    add("patron_writes_waiting", "gauge", "Changes asked for and not answered yet.", &waiting);
    if let Some(at) = standing.computed_at {
        add("patron_answers_computed_timestamp_seconds", "gauge", "When the answers were computed.", &at);
    }
    if let Some(id) = standing.model_id {
        add("patron_serving_model_id", "gauge", "The model run that answers.", &id);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line of the text format: a comment with a known word, or a name, labels in quotes, and a number.
    fn is_well_formed(line: &str) -> bool {
        if let Some(comment) = line.strip_prefix("# ") {
            return comment.starts_with("HELP patron_") || comment.starts_with("TYPE patron_");
        }
        let Some((series, value)) = line.rsplit_once(' ') else { return false };
        let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
        let is_name = |text: &str| {
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        };
        let Some(labels) = labels.strip_suffix('}') else { return false };
        let mut labels = labels.split_terminator("\",");
        let are_labels = labels.all(|label| {
            label
                .split_once("=\"")
                .is_some_and(|(name, value)| is_name(name) && !value.trim_end_matches('"').contains('"'))
        });
        is_name(name) && are_labels && value.parse::<f64>().is_ok()
    }

    #[test]
    fn everything_told_is_well_formed_and_every_series_has_its_type() {
        let metrics = Metrics::default();
        metrics.note("/api/v1/customers/{id}/value".to_owned(), 200, Duration::from_micros(3));
        let standing = Standing {
            renewals: 2,
            failures: 1,
            last: Duration::from_millis(1500),
            model_id: Some(7),
            computed_at: Some(1_700_000_000),
        };
        let text = metrics.text() + &of_service(&standing, 3);
        let mut typed = Vec::new();
        for line in text.lines() {
            assert!(is_well_formed(line), "{line}");
            if let Some(rest) = line.strip_prefix("# TYPE ") {
                typed.extend(rest.split(' ').next());
            } else if !line.starts_with('#') {
                assert!(typed.last().is_some_and(|name| line.starts_with(*name)), "{line}");
            }
        }
        assert!(text.contains("\npatron_renewal_duration_seconds 1.5\n"), "{text}");
        assert!(text.contains("\npatron_serving_model_id 7\n"), "{text}");
        assert!(text.contains("\npatron_writes_waiting 3\n"), "{text}");
        for wrong in ["a b c", "a{b=1} 2", "a{b=\"c\" 2", "# NOTE patron_x", "patron x"] {
            assert!(!is_well_formed(wrong), "{wrong}");
        }
    }

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
