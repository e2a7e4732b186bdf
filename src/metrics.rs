//! The figures for operators, in Prometheus' text format; contract §5 fixes the names.
//!
//! Flows and workers call the functions here, the operators' port renders. A label is a site's key
//! or a word of ours, never what a stranger can make up: paths are route patterns, and a method
//! that nobody knows is `OTHER`.

use std::{cell::RefCell, collections::HashMap, fmt, sync::OnceLock, time::Duration};

use metrics::{
    Histogram, Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
    set_global_recorder,
};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// Submissions by site and outcome.
pub const SUBMISSIONS: &str = "replydesk_submissions_total";
/// Comments that wait, by site and by what they need.
pub const QUEUE_COMMENTS: &str = "replydesk_queue_comments";
/// Age in seconds of the comment of a site that has waited longest.
pub const QUEUE_OLDEST: &str = "replydesk_queue_oldest_seconds";
/// Decisions by site, kind and way.
pub const DECISIONS: &str = "replydesk_decisions_total";
/// Articles that were taken out of the usual rules, by site, what that does, and the way it came.
pub const BREAKERS: &str = "replydesk_breakers_total";
/// Reports of readers, by site and reason; also what says again what was said.
pub const REPORTS: &str = "replydesk_reports_total";
/// Messages of the outbox by channel and state.
pub const OUTBOX_MESSAGES: &str = "replydesk_outbox_messages";
/// Seconds by which the oldest message of a channel is overdue.
pub const OUTBOX_OLDEST: &str = "replydesk_outbox_oldest_seconds";
/// Whether a channel is paused, because the other side refuses to know us: 1, or 0.
pub const OUTBOX_PAUSED: &str = "replydesk_outbox_paused";
/// What moderators are still to be told of by mail.
pub const MENTIONS_UNCOVERED: &str = "replydesk_mentions_uncovered";
/// Seconds since the oldest of that was to be told.
pub const MENTIONS_OLDEST: &str = "replydesk_mentions_oldest_seconds";
/// Time from request to answer by route, method and status.
pub const HTTP_DURATION: &str = "replydesk_http_request_duration_seconds";

// from a cached page to the longest deadline; fixed, so that replicas can be added up
const SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();

/// The door to the recorder of this process.
#[derive(Clone)]
pub struct Metrics {
    handle: PrometheusHandle,
}

impl Metrics {
    /// Installs the recorder at the first call; later calls share it, as tests start many services
    /// in one process.
    pub fn install() -> Self {
        let handle = HANDLE.get_or_init(|| {
            let recorder = builder().build_recorder();
            let handle = recorder.handle();
            // somebody else's recorder may be there already: then this one stays empty
            if set_global_recorder(recorder).is_ok() {
                describe();
            }
            handle
        });
        Self { handle: handle.clone() }
    }

    /// All figures as text.
    pub fn render(&self) -> String {
        self.handle.render()
    }

    /// Sorts what was measured into its buckets. A worker calls it every few seconds: measurements
    /// pile up in memory until then, or until the next [`Metrics::render`].
    pub fn upkeep(&self) {
        self.handle.run_upkeep();
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}

#[expect(clippy::expect_used, reason = "the only error is an empty list of buckets, and it is a constant")]
fn builder() -> PrometheusBuilder {
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full(HTTP_DURATION.to_owned()), &SECONDS)
        .expect("there are buckets")
}

fn describe() {
    describe_counter!(SUBMISSIONS, "Submissions by site and outcome.");
    describe_gauge!(QUEUE_COMMENTS, "Comments that wait for a moderator, by what they need.");
    describe_gauge!(QUEUE_OLDEST, Unit::Seconds, "Age of the comment that has waited longest.");
    describe_counter!(DECISIONS, "Decisions by site, kind and the way they came.");
    describe_counter!(
        BREAKERS,
        "Articles taken out of the usual rules, by site, action and the way that came."
    );
    describe_counter!(REPORTS, "Reports of readers about published comments, by site and reason.");
    describe_gauge!(OUTBOX_MESSAGES, "Messages owed to the outside, by channel and state.");
    describe_gauge!(OUTBOX_OLDEST, Unit::Seconds, "Age of the oldest message that is still owed.");
    describe_gauge!(
        OUTBOX_PAUSED,
        "1 while a channel is paused because our credentials were refused, else 0."
    );
    describe_gauge!(
        MENTIONS_UNCOVERED,
        "Mentions of comments to moderators that no delivered mail holds yet."
    );
    describe_gauge!(
        MENTIONS_OLDEST,
        Unit::Seconds,
        "Age of the oldest mention that no delivered mail holds yet."
    );
    describe_histogram!(HTTP_DURATION, Unit::Seconds, "Time from request to answer.");
}

/// Counts one submission to an existing site, by its key, with what became of it.
pub fn submission(site: &str, outcome: &'static str) {
    counter!(SUBMISSIONS, "site" => site.to_owned(), "outcome" => outcome).increment(1);
}

/// Counts decisions; a batch counts as many as it changed.
pub fn decisions(site: &str, decision: &'static str, via: &'static str, changed: u64) {
    counter!(DECISIONS, "site" => site.to_owned(), "decision" => decision, "via" => via).increment(changed);
}

/// Counts a report of a reader.
pub fn reports(site: &str, reason: &'static str) {
    counter!(REPORTS, "site" => site.to_owned(), "reason" => reason).increment(1);
}

/// Counts an article that was taken out of the usual rules.
pub fn breaker(site: &str, action: &'static str, via: &'static str) {
    counter!(BREAKERS, "site" => site.to_owned(), "action" => action, "via" => via).increment(1);
}

/// Sets how many comments of a site wait. Say 0 too, or the last figure stays.
pub fn queue_comments(site: &str, needs: &'static str, waiting: u32) {
    gauge!(QUEUE_COMMENTS, "site" => site.to_owned(), "needs" => needs).set(waiting);
}

/// Sets the age of the comment of a site that has waited longest; zero when none waits.
pub fn queue_oldest(site: &str, age: Duration) {
    gauge!(QUEUE_OLDEST, "site" => site.to_owned()).set(age);
}

/// Sets how many messages of a channel are in a state. Say 0 too, or the last figure stays.
pub fn outbox_messages(channel: &'static str, state: &'static str, messages: u32) {
    gauge!(OUTBOX_MESSAGES, "channel" => channel, "state" => state).set(messages);
}

/// Sets how long the oldest due message of a channel is overdue.
pub fn outbox_oldest(channel: &'static str, overdue: Duration) {
    gauge!(OUTBOX_OLDEST, "channel" => channel).set(overdue);
}

/// Sets what moderators are still to be told of, and since when.
pub fn mentions_uncovered(mentions: u32, oldest: Duration) {
    gauge!(MENTIONS_UNCOVERED).set(mentions);
    gauge!(MENTIONS_OLDEST).set(oldest);
}

/// Sets whether a channel is paused in this process.
pub fn outbox_paused(channel: &'static str, is_paused: bool) {
    gauge!(OUTBOX_PAUSED, "channel" => channel).set(f64::from(u8::from(is_paused)));
}

/// Records one answered request. `route` is the pattern of the route table, never a path.
pub fn request(route: &str, method: &str, status: u16, took: Duration) {
    // by route, which are few; finding a series in the recorder takes longer than many an answer
    type Series = HashMap<String, Vec<((&'static str, u16), Histogram)>>;
    thread_local! {
        static SERIES: RefCell<Series> = RefCell::default();
    }
    let sort = (known(method), status);
    SERIES.with_borrow_mut(|series| {
        let known = series.get(route).and_then(|of_route| of_route.iter().find(|(known, _)| *known == sort));
        if let Some((_, histogram)) = known {
            return histogram.record(took);
        }
        let labels =
            [("route", route.to_owned()), ("method", sort.0.to_owned()), ("status", status.to_string())];
        let histogram = histogram!(HTTP_DURATION, &labels);
        histogram.record(took);
        series.entry(route.to_owned()).or_default().push((sort, histogram));
    });
}

/// A client may send any word as its method.
fn known(method: &str) -> &'static str {
    const METHODS: [&str; 7] = ["GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"];
    METHODS.into_iter().find(|known| *known == method).unwrap_or("OTHER")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_have_the_names_of_the_contract() {
        let metrics = Metrics::install();
        submission("news", "held");
        decisions("news", "approve", "desk", 3);
        breaker("news", "hold-all", "rule");
        queue_comments("news", "decision", 5);
        queue_oldest("news", Duration::from_millis(1500));
        outbox_messages("mail", "due", 2);
        outbox_oldest("mail", Duration::from_secs(9));
        outbox_paused("mail", true);
        request("/v1/sites/{site}/comments", "GET", 200, Duration::from_millis(3));
        request("/v1/sites/{site}/comments", "ann@example.org", 405, Duration::from_millis(3));
        metrics.upkeep();
        let text = metrics.render();
        for line in [
            r#"replydesk_submissions_total{site="news",outcome="held"} 1"#,
            r#"replydesk_decisions_total{site="news",decision="approve",via="desk"} 3"#,
            r#"replydesk_breakers_total{site="news",action="hold-all",via="rule"} 1"#,
            r#"replydesk_queue_comments{site="news",needs="decision"} 5"#,
            r#"replydesk_queue_oldest_seconds{site="news"} 1.5"#,
            r#"replydesk_outbox_messages{channel="mail",state="due"} 2"#,
            r#"replydesk_outbox_oldest_seconds{channel="mail"} 9"#,
            r#"replydesk_outbox_paused{channel="mail"} 1"#,
            r#"replydesk_http_request_duration_seconds_bucket{route="/v1/sites/{site}/comments",method="GET",status="200",le="0.005"} 1"#,
        ] {
            assert!(text.contains(line), "{line} in {text}");
        }
        assert!(text.contains(r#"method="OTHER""#) && !text.contains("ann@"));
        assert!(text.contains("# TYPE replydesk_http_request_duration_seconds histogram"));
    }

    #[test]
    fn many_services_in_one_process_share_the_recorder() {
        let (one, two) = (Metrics::install(), Metrics::install());
        submission("shared", "held");
        assert!(one.render().contains("shared") && two.render().contains("shared"));
    }
}
