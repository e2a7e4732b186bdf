//! Taking an article out of the usual rules for a while, for the site's backend and for all who moderate.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::articles::{Kept, entitled, key};
use crate::{
    domain::{BREAKER_MINUTES, BREAKER_NOTE, BreakerAction, Code, Fault, Role},
    flow::{
        App, FlowError,
        breakers::{self, Pause, Target},
    },
    http::{
        body::JsonBody,
        error::ApiError,
        moderation::free_text,
        openapi::{Operation, operation},
    },
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PauseArticle)]
struct Said {
    /// What happens to new comments: a moderator sees them first, each reader can write only now and then, or none are taken.
    #[schema(value_type = BreakerAction)]
    action: Option<String>,
    /// For how long.
    #[schema(value_type = u32, minimum = 1, maximum = 10080)]
    minutes: Option<i64>,
    /// Why, for colleagues.
    #[schema(max_length = 500)]
    note: Option<String>,
}

/// What the document says of [`put`].
pub fn about_put() -> Operation {
    let example = json!({"action": "hold-all", "minutes": 60, "note": "A quarrel about the ferry"});
    operation("pauseArticle", "articles", "Takes an article out of the usual rules for a while.")
        .note("It comes before the mode of the article and of its site, and before trust; in place of one that is in force.")
        .by_site_or(Role::moderates)
        .takes_with::<Said>(&["action", "minutes"], example)
        .answers::<Kept>(200, "The article as it is now.")
}

/// What the document says of [`delete`].
pub fn about_delete() -> Operation {
    operation("resumeArticle", "articles", "Puts an article back under the usual rules.")
        .by_site_or(Role::moderates)
        .answers_nothing(204, "It follows them, or did so already.")
}

/// `PUT /v1/sites/{site}/articles/{key}/breaker`
pub async fn put(
    app: Data<App>,
    request: HttpRequest,
    (names, body): (Path<(String, String)>, JsonBody),
) -> Result<HttpResponse, ApiError> {
    let (site, author) = entitled(&app, &request, &names.0, Role::moderates).await?;
    let key = key(&names.1)?;
    let said: Said = body.read(&["action", "minutes", "note"])?;
    let target = Target { site: &site, key: &key, edition: None };
    let row = breakers::paused(&app, author, target, &said.parse()?).await?;
    Ok(HttpResponse::Ok().json(Kept::of(&app, &site, &row)))
}

/// `DELETE /v1/sites/{site}/articles/{key}/breaker`
pub async fn delete(
    app: Data<App>,
    request: HttpRequest,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (site, author) = entitled(&app, &request, &path.0, Role::moderates).await?;
    let key = key(&path.1)?;
    let target = Target { site: &site, key: &key, edition: None };
    match breakers::resumed(&app, author, target).await {
        // what was asked for is so
        Ok(_) | Err(FlowError::AlreadyDecided) => Ok(HttpResponse::NoContent().finish()),
        Err(error) => Err(error.into()),
    }
}

impl Said {
    fn parse(self) -> Result<Pause, ApiError> {
        let mut faults = Vec::new();
        let mut note = |field, code| faults.push(Fault { field, code });
        let action = self.action.as_deref().map(BreakerAction::parse);
        if action.flatten().is_none() {
            note("action", if action.is_none() { Code::Required } else { Code::UnknownValue });
        }
        let minutes =
            self.minutes.map(|raw| u32::try_from(raw).ok().filter(|raw| (1..=BREAKER_MINUTES).contains(raw)));
        if minutes.flatten().is_none() {
            note("minutes", if minutes.is_none() { Code::Required } else { Code::UnknownValue });
        }
        let text = free_text("note", self.note, BREAKER_NOTE).map_err(|fault| note("note", fault.code));
        match (action.flatten(), minutes.flatten(), text) {
            (Some(action), Some(minutes), Ok(note)) => Ok(Pause { action, minutes, note }),
            _ => Err(ApiError::Validation(faults)),
        }
    }
}
