//! What admins keep: the people at the desk, and the tokens of these.

pub mod tokens;

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
    query::Query,
};
use crate::{
    domain::{Code, Fault, Moderator, ModeratorId, Role, SiteId, Timestamp},
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

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewPerson)]
struct New {
    email: Option<String>,
    name: Option<String>,
    #[schema(value_type = Option<Role>)]
    role: Option<String>,
    /// Keys; null for all sites.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    sites: Given<Vec<String>>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChangePerson)]
struct Said {
    /// Never: an account keeps its address.
    email: Option<String>,
    name: Option<String>,
    #[schema(value_type = Option<Role>)]
    role: Option<String>,
    /// Keys; null for all sites.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    sites: Given<Vec<String>>,
    /// Changes nothing when there is a newer one.
    version: Option<i64>,
    /// Sends another invitation.
    invite: Option<bool>,
    reset_second_factor: Option<bool>,
}

/// A page of the people whom an admin keeps.
#[derive(Serialize, ToSchema)]
struct People<'a> {
    items: Vec<Person<'a>>,
    /// The `cursor` of the next page.
    next: Option<String>,
}

/// Somebody at the desk.
#[derive(Serialize, ToSchema)]
struct Person<'a> {
    id: ModeratorId,
    email: &'a str,
    name: &'a str,
    #[schema(value_type = Role)]
    role: &'static str,
    /// The keys of the sites that they are bound to; null for none in particular.
    sites: Option<Vec<String>>,
    /// Rises with every change.
    version: i64,
    /// Whether they have one.
    second_factor: bool,
    /// While the invitation is open.
    invited_at: Option<Timestamp>,
    created_at: Timestamp,
    /// Of the sessions that there are.
    seen_at: Option<Timestamp>,
}

/// What the document says of [`list`].
pub fn about_list() -> Operation {
    operation("people", "people", "The people at the desk whom one keeps, in the order in which they came.")
        .by(Role::keeps_people)
        .paged(50)
        .answers::<People>(200, "A page of them.")
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
    let next = next(&rows, limit).map(|row| row.moderator.id.to_string());
    let items = rows.iter().take(limit).map(|row| Person::of(&app, row)).collect();
    Ok(unkept(People { items, next }))
}

/// The last one of a page, if another page follows. Only an admin's own people and what is theirs: a list
/// that was read as a whole.
fn next<T>(rows: &[T], limit: usize) -> Option<&T> {
    rows.get(limit).and_then(|_| rows.get(limit - 1))
}

fn unkept(body: impl Serialize) -> HttpResponse {
    HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(body)
}

/// An admin at the API.
const fn keeper(admin: &Moderator) -> Keeper<'_> {
    Keeper { admin, via: "api" }
}

/// What the document says of [`add`].
pub fn about_add() -> Operation {
    let example = json!({"email": "eve@gazette.example", "name": "Eve", "role": "moderator"});
    operation("addPerson", "people", "Makes an account, and invites its owner by mail.")
        .note("A repetition is told that the address is taken.")
        .by(Role::keeps_people)
        .takes_with::<New>(&["email", "name", "role"], example)
        .answers::<Person>(201, "The account.")
}

/// `POST /v1/admin/moderators`: makes an account, and invites its owner by mail. A repetition is told that
/// the address is taken, which it then is: no `Idempotency-Key` is needed for that.
pub async fn add(app: Data<App>, request: HttpRequest, body: JsonBody) -> Result<HttpResponse, ApiError> {
    auth::check_any_origin(&app, &request)?;
    let admin = auth::moderator(&app, &request).await?;
    let said: New = body.read(&NEW)?;
    let email = said.email.as_deref().map(|raw| accounts::sign_in_name(raw).ok_or(Code::NotAnAddress));
    let email = email.transpose().map_err(|code| fault("email", code))?;
    let change = parse((&app, &admin), (said.name.as_deref(), said.role.as_deref(), &said.sites))?;
    let (Some(email), Some(name), Some(role)) = (email, change.name, change.role) else {
        let missing =
            [("email", said.email.is_none()), ("name", said.name.is_none()), ("role", said.role.is_none())];
        let faults = missing.into_iter().filter(|(_, is_missing)| *is_missing);
        let faults = faults.map(|(field, _)| Fault { field, code: Code::Required });
        return Err(ApiError::Validation(faults.collect()));
    };
    let account = Account { email, name, role, sites: change.sites.unwrap_or_default(), password: None };
    match accounts::hire(&app, keeper(&admin), &account).await {
        Ok(id) => {
            Ok(HttpResponse::Created().json(Person::of(&app, &accounts::colleague(&app, &admin, id).await?)))
        }
        Err(error) if accounts::is_taken(&error) => Err(fault("email", Code::Taken)),
        Err(error) => Err(error.into()),
    }
}

/// What the document says of [`change`].
pub fn about_change() -> Operation {
    operation("changePerson", "people", "Changes an account.")
        .note("Another role or other sites end its sessions and claims.")
        .by(Role::keeps_people)
        .takes::<Said>(json!({"name": "Eve Adams"}))
        .answers::<Person>(200, "The account as it is now.")
        .refuses(&["version-conflict"])
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
        ..parse((&app, &admin), (said.name.as_deref(), said.role.as_deref(), &said.sites))?
    };
    accounts::change(&app, keeper(&admin), (id, &change)).await?;
    Ok(HttpResponse::Ok().json(Person::of(&app, &accounts::colleague(&app, &admin, id).await?)))
}

/// What the document says of [`remove`].
pub fn about_remove() -> Operation {
    operation("removePerson", "people", "Removes an account: all that it could do ends at once.")
        .by(Role::keeps_people)
        .answers_nothing(204, "It is removed.")
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

fn parse(who: (&App, &Moderator), (name, role, sites): Told<'_>) -> Result<Change, ApiError> {
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
        Given::Becomes(Some(keys)) => named(who, keys).map(Some),
    };
    if sites.is_none() {
        faults.push(Fault { field: "sites", code: Code::UnknownValue });
    }
    if !faults.is_empty() {
        return Err(ApiError::Validation(faults));
    }
    Ok(Change { name, role: role.flatten(), sites: sites.flatten(), ..Change::default() })
}

/// The sites of these keys; none when one is not there for this admin, or when there are none.
fn named((app, admin): (&App, &Moderator), keys: &[String]) -> Option<Vec<SiteId>> {
    let seen = |key: &String| app.sites.find(key).map(|site| site.id).filter(|site| admin.sees(*site));
    let mut sites: Vec<SiteId> = keys.iter().map(seen).collect::<Option<_>>()?;
    sites.sort_unstable();
    sites.dedup();
    (!sites.is_empty()).then_some(sites)
}

impl<'a> Person<'a> {
    fn of(app: &App, row: &'a ColleagueRow) -> Self {
        let key = |site: &SiteId| app.sites.get(*site).map(|site| site.key.as_str().to_owned());
        Self {
            id: row.moderator.id,
            email: &row.moderator.email,
            name: &row.moderator.name,
            role: row.moderator.role.name(),
            sites: (!row.moderator.all_sites).then(|| row.sites.iter().filter_map(key).collect()),
            version: row.version,
            second_factor: row.has_second_factor,
            invited_at: row.invited_at,
            created_at: row.created_at,
            seen_at: row.seen_at,
        }
    }
}
