//! The pages that explain problems, one for each slug of the contract.

use super::is_page;
use crate::support::TestApp;

const SLUGS: [(&str, u16); 20] = [
    ("malformed", 400),
    ("unauthenticated", 401),
    ("forbidden", 403),
    ("origin-not-allowed", 403),
    ("comments-closed", 403),
    ("not-found", 404),
    ("method-not-allowed", 405),
    ("not-acceptable", 406),
    ("duplicate", 409),
    ("already-decided", 409),
    ("version-conflict", 409),
    ("gone", 410),
    ("too-large", 413),
    ("unsupported-media-type", 415),
    ("validation", 422),
    ("idempotency-key-reused", 422),
    ("rate-limited", 429),
    ("internal", 500),
    ("unavailable", 503),
    ("out-of-space", 507),
];

both_databases! {
    async fn every_slug_has_its_page(app: TestApp) {
        let list = app.client.get("/problems").await;
        is_page(&list, 200);
        for (slug, status) in SLUGS {
            let page = app.client.get(&format!("/problems/{slug}")).await;
            is_page(&page, 200);
            assert!(page.text().contains(&format!("HTTP {status}")) && page.text().contains(slug), "{slug}");
            assert!(list.text().contains(&format!("href=\"/problems/{slug}\"")), "{slug}");
        }
        assert_eq!(list.text().matches("href=\"/problems/").count(), SLUGS.len());
    }
}
