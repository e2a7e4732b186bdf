//! What admins keep: the people at the desk.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{auth, body::JsonBody, error::ApiError};
use crate::{
    domain::{Code, Fault, ModeratorId, Role, SiteId},
    flow::{
        App,
        accounts::{self, Account, Change},
    },
    store::{Change as Given, ColleagueRow},
};

const MEMBERS: [&str; 6] = ["email", "name", "role", "sites", "invite", "reset_second_factor"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    email: Option<String>,
    name: Option<String>,
    role: Option<String>,
    /// Keys; null for all sites.
    #[serde(default)]
    sites: Given<Vec<String>>,
    invite: Option<bool>,
    reset_second_factor: Option<bool>,
}

/// `GET /v1/admin/moderators`
pub async fn list(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let admin = auth::moderator(&app, &request).await?;
    let rows = accounts::colleagues(&app, &admin).await?;
    let items: Vec<Value> = rows.iter().map(|row| view(&app, row)).collect();
    Ok(HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(json!({ "items": items })))
}

/// `POST /v1/admin/moderators`: makes an account, and invites its owner by mail.
pub async fn add(app: Data<App>, request: HttpRequest, body: JsonBody) -> Result<HttpResponse, ApiError> {
    auth::check_any_origin(&app, &request)?;
    let admin = auth::moderator(&app, &request).await?;
    let said: Said = body.read(&MEMBERS)?;
    let email = said.email.as_deref().map(|raw| accounts::sign_in_name(raw).ok_or(Code::NotAnAddress));
    let email = email.transpose().map_err(|code| fault("email", code))?;
    let change = said.parse(&app)?;
    let (Some(email), Some(name), Some(role)) = (email, change.name, change.role) else {
        let missing =
            [("email", said.email.is_none()), ("name", said.name.is_none()), ("role", said.role.is_none())];
        let faults = missing.into_iter().filter(|(_, is_missing)| *is_missing);
        let faults = faults.map(|(field, _)| Fault { field, code: Code::Required });
        return Err(ApiError::Validation(faults.collect()));
    };
    let account = Account { email, name, role, sites: change.sites.unwrap_or_default(), password: None };
    match accounts::hire(&app, &admin, &account).await {
        Ok(id) => Ok(HttpResponse::Created().json(view(&app, &accounts::colleague(&app, &admin, id).await?))),
        Err(error) if accounts::is_taken(&error) => Err(fault("email", Code::Taken)),
        Err(error) => Err(error.into()),
    }
}

/// `PATCH /v1/admin/moderators/{id}`
pub async fn change(
    app: Data<App>,
    request: HttpRequest,
    (path, body): (Path<String>, JsonBody),
) -> Result<HttpResponse, ApiError> {
    auth::check_any_origin(&app, &request)?;
    let admin = auth::moderator(&app, &request).await?;
    let said: Said = body.read(&MEMBERS)?;
    if said.email.is_some() {
        return Err(fault("email", Code::NotPermitted));
    }
    let (id, change) = (id(&path)?, said.parse(&app)?);
    accounts::change(&app, &admin, (id, &change)).await?;
    Ok(HttpResponse::Ok().json(view(&app, &accounts::colleague(&app, &admin, id).await?)))
}

/// `DELETE /v1/admin/moderators/{id}`
pub async fn remove(
    app: Data<App>,
    request: HttpRequest,
    path: Path<String>,
) -> Result<HttpResponse, ApiError> {
    auth::check_any_origin(&app, &request)?;
    let admin = auth::moderator(&app, &request).await?;
    accounts::dismiss(&app, &admin, id(&path)?).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn id(raw: &str) -> Result<ModeratorId, ApiError> {
    raw.parse().map_err(|_| ApiError::NotFound)
}

fn fault(field: &'static str, code: Code) -> ApiError {
    ApiError::Validation(vec![Fault { field, code }])
}

impl Said {
    fn parse(&self, app: &App) -> Result<Change, ApiError> {
        let mut faults = Vec::new();
        let name = self.name.as_deref().map(accounts::display_name).transpose();
        let name = name.map_err(|code| faults.push(Fault { field: "name", code })).unwrap_or_default();
        let role = self.role.as_deref().map(Role::parse);
        if role == Some(None) {
            faults.push(Fault { field: "role", code: Code::UnknownValue });
        }
        let sites = match &self.sites {
            Given::Stays => Some(None),
            Given::Becomes(None) => Some(Some(Vec::new())),
            Given::Becomes(Some(keys)) => named(app, keys).map(Some),
        };
        if sites.is_none() {
            faults.push(Fault { field: "sites", code: Code::UnknownValue });
        }
        if !faults.is_empty() {
            return Err(ApiError::Validation(faults));
        }
        Ok(Change {
            name,
            role: role.flatten(),
            sites: sites.flatten(),
            invite: self.invite.unwrap_or_default(),
            reset_second_factor: self.reset_second_factor.unwrap_or_default(),
        })
    }
}

/// The sites of these keys; none when one is unknown, or when there are none.
fn named(app: &App, keys: &[String]) -> Option<Vec<SiteId>> {
    let mut sites: Vec<SiteId> =
        keys.iter().map(|key| Some(app.sites.find(key)?.id)).collect::<Option<_>>()?;
    sites.sort_unstable();
    sites.dedup();
    (!sites.is_empty()).then_some(sites)
}

fn view(app: &App, row: &ColleagueRow) -> Value {
    let key = |site: &SiteId| app.sites.get(*site).map(|site| site.key.as_str().to_owned());
    let sites: Option<Vec<String>> =
        (!row.moderator.all_sites).then(|| row.sites.iter().filter_map(key).collect());
    json!({
        "id": row.moderator.id,
        "email": row.moderator.email,
        "name": row.moderator.name,
        "role": row.moderator.role.name(),
        "sites": sites,
        "second_factor": row.has_second_factor,
        "invited_at": row.invited_at,
        "created_at": row.created_at,
        "seen_at": row.seen_at,
    })
}
