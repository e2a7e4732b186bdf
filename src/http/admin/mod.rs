//! What admins keep: the people at the desk, and the tokens of these.

pub mod tokens;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{auth, body::JsonBody, error::ApiError, query::Query};
use crate::{
    domain::{Code, Fault, Moderator, ModeratorId, Role, SiteId},
    flow::{
        App,
        accounts::{self, Account, Change, Keeper},
    },
    store::{Change as Given, ColleagueRow},
};

/// Of an account that is made.
const NEW: [&str; 4] = ["email", "name", "role", "sites"];
/// Of one that is changed.
const CHANGE: [&str; 7] = ["email", "name", "role", "sites", "version", "invite", "reset_second_factor"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    email: Option<String>,
    name: Option<String>,
    role: Option<String>,
    /// Keys; null for all sites.
    #[serde(default)]
    sites: Given<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    email: Option<String>,
    name: Option<String>,
    role: Option<String>,
    #[serde(default)]
    sites: Given<Vec<String>>,
    version: Option<i64>,
    invite: Option<bool>,
    reset_second_factor: Option<bool>,
}

/// `GET /v1/admin/moderators`: in the order in which they came.
pub async fn list(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let admin = auth::moderator(&app, &request).await?;
    let query = Query::of(&request, &["cursor", "limit"])?;
    let after: Option<ModeratorId> = query.parsed("cursor", |raw| raw.parse().ok())?;
    let limit = query.limit(50)?;
    let mut rows = accounts::colleagues(&app, &admin).await?;
    rows.retain(|row| after.is_none_or(|after| row.moderator.id > after));
    rows.sort_unstable_by_key(|row| row.moderator.id);
    Ok(paged((rows, limit), |row| row.moderator.id.to_string(), |row| view(&app, row)))
}

/// So many of what comes next, and where the page after it begins. Only an admin's own people and what
/// is theirs: a list that was read as a whole.
fn paged<T>(
    (rows, limit): (Vec<T>, usize),
    cursor: impl Fn(&T) -> String,
    view: impl Fn(&T) -> Value,
) -> HttpResponse {
    let items: Vec<Value> = rows.iter().take(limit).map(view).collect();
    let next = rows.get(limit).and_then(|_| rows.get(limit - 1)).map(cursor);
    let body = json!({"items": items, "next": next});
    HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(body)
}

/// An admin at the API.
const fn keeper(admin: &Moderator) -> Keeper<'_> {
    Keeper { admin, via: "api" }
}

/// `POST /v1/admin/moderators`: makes an account, and invites its owner by mail. A repetition is told that
/// the address is taken, which it then is: no `Idempotency-Key` is needed for that.
pub async fn add(app: Data<App>, request: HttpRequest, body: JsonBody) -> Result<HttpResponse, ApiError> {
    auth::check_any_origin(&app, &request)?;
    let admin = auth::moderator(&app, &request).await?;
    let said: New = body.read(&NEW)?;
    let email = said.email.as_deref().map(|raw| accounts::sign_in_name(raw).ok_or(Code::NotAnAddress));
    let email = email.transpose().map_err(|code| fault("email", code))?;
    let change = parse(&app, (said.name.as_deref(), said.role.as_deref(), &said.sites))?;
    let (Some(email), Some(name), Some(role)) = (email, change.name, change.role) else {
        let missing =
            [("email", said.email.is_none()), ("name", said.name.is_none()), ("role", said.role.is_none())];
        let faults = missing.into_iter().filter(|(_, is_missing)| *is_missing);
        let faults = faults.map(|(field, _)| Fault { field, code: Code::Required });
        return Err(ApiError::Validation(faults.collect()));
    };
    let account = Account { email, name, role, sites: change.sites.unwrap_or_default(), password: None };
    match accounts::hire(&app, keeper(&admin), &account).await {
        Ok(id) => Ok(HttpResponse::Created().json(view(&app, &accounts::colleague(&app, &admin, id).await?))),
        Err(error) if accounts::is_taken(&error) => Err(fault("email", Code::Taken)),
        Err(error) => Err(error.into()),
    }
}

/// `PATCH /v1/admin/moderators/{id}`: with a `version`, only while that is the one there is.
pub async fn change(
    app: Data<App>,
    request: HttpRequest,
    (path, body): (Path<String>, JsonBody),
) -> Result<HttpResponse, ApiError> {
    auth::check_any_origin(&app, &request)?;
    let admin = auth::moderator(&app, &request).await?;
    let said: Said = body.read(&CHANGE)?;
    if said.email.is_some() {
        return Err(fault("email", Code::NotPermitted));
    }
    let id = id(&path)?;
    let change = Change {
        version: said.version,
        invite: said.invite.unwrap_or_default(),
        reset_second_factor: said.reset_second_factor.unwrap_or_default(),
        ..parse(&app, (said.name.as_deref(), said.role.as_deref(), &said.sites))?
    };
    accounts::change(&app, keeper(&admin), (id, &change)).await?;
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
    accounts::dismiss(&app, keeper(&admin), id(&path)?).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn id(raw: &str) -> Result<ModeratorId, ApiError> {
    raw.parse().map_err(|_| ApiError::NotFound)
}

fn fault(field: &'static str, code: Code) -> ApiError {
    ApiError::Validation(vec![Fault { field, code }])
}

/// A name, a role, and keys of sites.
type Told<'a> = (Option<&'a str>, Option<&'a str>, &'a Given<Vec<String>>);

fn parse(app: &App, (name, role, sites): Told<'_>) -> Result<Change, ApiError> {
    let mut faults = Vec::new();
    let name = name.map(accounts::display_name).transpose();
    let name = name.map_err(|code| faults.push(Fault { field: "name", code })).unwrap_or_default();
    let role = role.map(Role::parse);
    if role == Some(None) {
        faults.push(Fault { field: "role", code: Code::UnknownValue });
    }
    let sites = match sites {
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
    Ok(Change { name, role: role.flatten(), sites: sites.flatten(), ..Change::default() })
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
        "version": row.version,
        "second_factor": row.has_second_factor,
        "invited_at": row.invited_at,
        "created_at": row.created_at,
        "seen_at": row.seen_at,
    })
}
