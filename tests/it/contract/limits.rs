//! The limit on arrival: whom it counts, what it says, and what passes all the same.

use std::time::Duration;

use serde_json::json;

use super::{BROWSER, as_fields, is_page, is_problem};
use crate::support::{Answer, TestApp};

const FOUR: (&str, &str) = ("REPLYDESK_LIMITS__SUBMIT_PER_MINUTE", "4");
const LOCAL_PROXY: (&str, &str) = ("REPLYDESK_SERVER__TRUSTED_PROXIES", "127.0.0.1/32");
const POLICY: &str = "\"submit\";q=4;w=60";

/// A reply like no other, with these headers.
async fn posts(app: &TestApp, number: usize, headers: &[(&str, &str)]) -> Answer {
    app.posts_with(headers, &TestApp::reply(&format!("Number {number}"), "ann@example.org")).await
}

async fn statuses(app: &TestApp, numbers: std::ops::Range<usize>, headers: &[(&str, &str)]) -> Vec<u16> {
    let mut statuses = Vec::new();
    for number in numbers {
        statuses.push(posts(app, number, headers).await.status);
    }
    statuses
}

fn told(answer: &Answer) -> [&str; 3] {
    ["ratelimit-policy", "ratelimit", "retry-after"].map(|name| answer.header(name))
}

both_databases! {
    async fn four_pass_and_the_fifth_waits(app: TestApp) {
        let app = &app.beside(&[FOUR]).await;
        let key = [("idempotency-key", "first")];
        let first = posts(app, 0, &key).await;
        assert_eq!((first.status, told(&first)), (202, [POLICY, "\"submit\";r=3;t=15", ""]));
        for (number, left) in [(1, "\"submit\";r=2;t=30"), (2, "\"submit\";r=1;t=45"), (3, "\"submit\";r=0;t=60")] {
            let answer = posts(app, number, &[]).await;
            assert_eq!((answer.status, told(&answer)), (202, [POLICY, left, ""]));
        }
        let refused = posts(app, 4, &[]).await;
        assert_eq!(told(&refused), [POLICY, "\"submit\";r=0;t=15", "15"]);
        is_problem(app, &refused, (429, "rate-limited")).await;

        let again = posts(app, 0, &key).await;
        assert_eq!((again.status, again.header("idempotency-replayed"), &again.body), (202, "true", &first.body));
        assert_eq!(posts(app, 5, &[("idempotency-key", "other")]).await.status, 429);
        assert_eq!(posts(app, 6, &[("x-forwarded-for", "203.0.113.9")]).await.status, 429);
        let page = app.fills_in(&as_fields(&TestApp::reply("By form", "ann@example.org")), BROWSER).await;
        is_page(&page, 429);
        assert_eq!(told(&page), [POLICY, "\"submit\";r=0;t=15", "15"]);
        assert_eq!(app.client.get("/v1/sites/gazette/comments?article=news/1").await.status, 200, "reading goes on");

        app.waits(Duration::from_secs(15));
        assert_eq!(statuses(app, 7..9, &[]).await, [202, 429]);
        assert_eq!(app.rows("select count(*) from comments").await, 5);
    }

    async fn what_is_refused_for_another_reason_counts_and_tells(app: TestApp) {
        let app = &app.beside(&[FOUR]).await;
        let answer = app.posts(&json!({})).await;
        assert_eq!((answer.status, told(&answer)), (422, [POLICY, "\"submit\";r=3;t=15", ""]));
    }

    async fn every_client_behind_a_trusted_proxy_has_a_share_of_its_own(app: TestApp) {
        let app = &app.beside(&[FOUR, LOCAL_PROXY]).await;
        let ann = [("x-forwarded-for", "203.0.113.1")];
        let bob = [("x-forwarded-for", "203.0.113.2")];
        assert_eq!(statuses(app, 0..5, &ann).await, [202, 202, 202, 202, 429]);
        assert_eq!(statuses(app, 5..9, &bob).await, [202; 4]);
        // only the right-most entry is the proxy's word; what stands left of it is the client's
        for forged in ["198.51.100.1, 203.0.113.1", "198.51.100.1,203.0.113.1, 127.0.0.1", "nonsense, 203.0.113.1"] {
            assert_eq!(posts(app, 9, &[("x-forwarded-for", forged)]).await.status, 429, "{forged}");
        }
        assert_eq!(posts(app, 10, &[("x-forwarded-for", "203.0.113.1, 198.51.100.1")]).await.status, 202);
        assert_eq!(statuses(app, 11..16, &[("x-forwarded-for", "2001:db8::1")]).await, [202, 202, 202, 202, 429]);
        let neighbours = [("x-forwarded-for", "2001:db8::2"), ("x-forwarded-for", "2001:db8:0:1::2")];
        let seen = [posts(app, 16, &neighbours[..1]).await.status, posts(app, 17, &neighbours[1..]).await.status];
        assert_eq!(seen, [429, 202], "a client is a /64");
    }

    async fn a_backend_is_limited_by_its_readers_and_not_by_itself(app: TestApp) {
        let app = &app.beside(&[FOUR]).await;
        let bearer = format!("Bearer {}", app.backend().await);
        let headers = [("authorization", bearer.as_str())];
        assert_eq!(statuses(app, 0..6, &headers).await, [202; 6], "its own address does not count");
        let speaks_for = async |number: usize, ip: &str, more: &[(&str, &str)]| {
            let mut reply = TestApp::reply(&format!("Number {number}"), "ann@example.org");
            reply["client"] = json!({"ip": ip});
            app.posts_with(&[&headers, more].concat(), &reply).await
        };
        let first = speaks_for(10, "203.0.113.1", &[("idempotency-key", "first")]).await;
        assert_eq!((first.status, told(&first)), (202, [POLICY, "\"submit\";r=3;t=15", ""]));
        for number in 11..14 {
            assert_eq!(speaks_for(number, "203.0.113.1", &[]).await.status, 202);
        }
        let refused = speaks_for(14, "203.0.113.1", &[]).await;
        assert_eq!(told(&refused), [POLICY, "\"submit\";r=0;t=15", "15"]);
        is_problem(app, &refused, (429, "rate-limited")).await;
        let again = speaks_for(10, "203.0.113.1", &[("idempotency-key", "first")]).await;
        assert_eq!((again.status, again.header("idempotency-replayed")), (202, "true"));
        assert_eq!(speaks_for(15, "203.0.113.2", &[]).await.status, 202);
        assert_eq!(statuses(app, 20..25, &[]).await, [202, 202, 202, 202, 429], "readers next door have their own");
    }

    async fn zero_switches_the_limit_off(app: TestApp) {
        let answers = statuses(app, 0..20, &[]).await;
        assert_eq!(answers, [202; 20]);
        assert_eq!(told(&posts(app, 20, &[]).await), ["", "", ""]);
    }

    async fn beyond_the_sites_rate_comments_are_held_without_a_mail(app: TestApp) {
        let app = &app.beside(&[("REPLYDESK_LIMITS__SITE_PER_MINUTE", "3")]).await;
        assert_eq!(statuses(app, 0..5, &[]).await, [202; 5]);
        assert_eq!(app.rows("select count(*) from outbox").await, 3);
        let desk = app.moderator().await;
        assert_eq!(desk.queue("&finding=site-rate").await.len(), 2);
    }
}
