//! The word lists of a site: every moderator of it may read them, editors set them.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{
    auth,
    body::JsonBody,
    error::ApiError,
    openapi::{Operation, operation},
    policy::site_of,
};
use crate::{
    domain::{Code, Fault, Role, TermList},
    flow::{App, rules},
    store::WordsRow,
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SetWords)]
struct Said {
    /// The version that the change was made from.
    version: i64,
    /// Terms that hold a comment. One each: a word, or several; `*` at an end stands for the rest of a word.
    #[schema(max_items = 100_000)]
    hold: Vec<String>,
    /// Terms that make a comment spam.
    #[schema(max_items = 100_000)]
    spam: Vec<String>,
}

/// The word lists of a site.
#[derive(Serialize, ToSchema)]
struct Words<'a> {
    /// Rises with each change.
    version: i64,
    hold: &'a [String],
    spam: &'a [String],
}

const MEMBERS: [&str; 3] = ["version", "hold", "spam"];

/// What the document says of [`get`].
pub fn about_get() -> Operation {
    operation("words", "articles", "The word lists of a site.")
        .by(Role::moderates)
        .answers::<Words>(200, "The lists.")
}

/// `GET /v1/sites/{site}/words`
pub async fn get(app: Data<App>, request: HttpRequest, path: Path<String>) -> Result<HttpResponse, ApiError> {
    let moderator = auth::moderator(&app, &request).await?;
    let site = site_of(&app, &moderator, &path)?;
    let words = rules::words(&app, &moderator, &site).await?;
    Ok(told(words.version, &words.rules))
}

/// What the document says of [`put`].
pub fn about_put() -> Operation {
    operation("setWords", "articles", "Sets both word lists of a site.")
        .note("At most 100,000 terms of 1 to 200 characters a list, 2,000,000 characters in all; the body at most 16 MiB. Blank terms and repetitions are left out.")
        .by(Role::edits)
        .takes::<Said>(json!({"version": 0, "hold": ["casino", "crypto*"], "spam": ["*viagra*"]}))
        .answers::<Words>(200, "The lists as they are now.")
        .refuses(&["version-conflict"])
}

/// `PUT /v1/sites/{site}/words`
pub async fn put(
    app: Data<App>,
    request: HttpRequest,
    (path, body): (Path<String>, JsonBody),
) -> Result<HttpResponse, ApiError> {
    auth::check_any_origin(&app, &request)?;
    let moderator = auth::moderator(&app, &request).await?;
    let site = site_of(&app, &moderator, &path)?;
    let said: Said = body.read(&MEMBERS)?;
    let parse = |field, list: &[String]| {
        TermList::parse(list.iter().map(String::as_str)).map_err(|bad| Fault { field, code: bad.code })
    };
    let (hold, spam) = match (parse("hold", &said.hold), parse("spam", &said.spam)) {
        (Ok(hold), Ok(spam)) => (hold, spam),
        (hold, spam) => {
            return Err(ApiError::Validation([hold.err(), spam.err()].into_iter().flatten().collect()));
        }
    };
    let set = rules::set_words(&app, (&moderator, "api"), &site, (said.version, &hold, &spam)).await?;
    let version = set.ok_or(ApiError::Validation(vec![Fault { field: "hold", code: Code::TooLong }]))?;
    let typed = |list: &TermList| list.as_slice().iter().map(|term| term.as_str().to_owned()).collect();
    Ok(told(version, &WordsRow { hold: typed(&hold), spam: typed(&spam) }))
}

fn told(version: i64, words: &WordsRow) -> HttpResponse {
    HttpResponse::Ok().json(Words { version, hold: &words.hold, spam: &words.spam })
}
