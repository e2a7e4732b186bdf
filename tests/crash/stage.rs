//! What the crash tests load a service with.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::support::{ORIGIN, SITE, Terminal};

pub const COMMENTS: &str = "/v1/sites/gazette/comments";

/// A runtime beside the test, which waits for processes.
pub fn beside() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// A moment later: nobody is waited for, time passes.
pub fn passes(runtime: &Runtime, span: Duration) {
    let _elapsed = runtime.block_on(async { tokio::time::timeout(span, std::future::pending::<()>()).await });
}

/// The story's site, without limits.
pub fn opens_site(at: &mut Terminal) {
    at.set("REPLYDESK_LIMITS__SUBMIT_PER_MINUTE", Some("0"));
    at.set("REPLYDESK_LIMITS__SITE_PER_MINUTE", Some("0"));
    at.does(&["site", "add", SITE, "--name", "The Gazette", "--origin", ORIGIN]);
}

/// A moderator of the site, and an API token.
pub fn hires(at: &Terminal, email: &str) -> String {
    at.does(&["moderator", "add", email, "--name", "Mo", "--role", "moderator"]);
    let said = at.does(&["moderator", "token", email]);
    format!("Bearer {}", said.lines().last().unwrap().trim())
}

/// A reply by somebody.
pub fn reply(text: &str, name: &str) -> Value {
    json!({
        "article": {"key": "news/1", "url": "https://news.example/news/1", "title": "The bridge"},
        "name": name,
        "email": "reader@example.org",
        "comment": text,
    })
}
