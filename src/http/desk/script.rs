//! What the desk's script says, in the language of the page. It comes along as data: a page may hold no script.

use serde_json::{Value, json};

use crate::texts::Texts;

/// What becomes of comments, and anything else.
const STATUSES: [&str; 6] = ["approved", "rejected", "spam", "pending", "withdrawn", "other"];

/// Seconds between two renewals of what somebody reads: less than half of what a claim lasts.
pub const RENEWS: u32 = 120;

/// The forms that languages have by number (CLDR); each has some of them.
const FORMS: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];

/// The texts as JSON, with places in braces that the script fills.
pub fn words(t: Texts) -> Value {
    let by_status = |status: &str| t.say("news-decided").with("status", status).to_string();
    let by_status_and_name =
        |status: &str| t.say("news-decided-by").with("status", status).with("name", "{name}").to_string();
    let by_form = |form: &str| {
        t.say("news-more").with("form", form).with("count", "{count}").with("link", "{link}").to_string()
    };
    let all = |of: [&'static str; 6], text: &dyn Fn(&str) -> String| -> Value {
        of.into_iter().map(|one| (one.to_owned(), Value::from(text(one)))).collect()
    };
    json!({
        "decided": all(STATUSES, &by_status),
        "decidedBy": all(STATUSES, &by_status_and_name),
        "changed": t.say("news-changed").to_string(),
        "about": t.say("news-about").with("author", "{author}").with("words", "{words}").to_string(),
        "reading": t.say("news-reading").with("name", "{name}").to_string(),
        "more": all(FORMS, &by_form),
        "show": t.say("news-show").to_string(),
        "missed": t.say("news-missed").with("link", "{link}").to_string(),
        "silent": t.say("news-silent").with("link", "{link}").to_string(),
        "load": t.say("news-load").to_string(),
        "noAnswer": t.say("news-no-answer").with("link", "{link}").to_string(),
        "noAnswerLoad": t.say("news-no-answer-load").to_string(),
    })
}
