//! The people at the desk, for admins: who there are, and what they may do.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Path},
};

use super::{
    account::posted,
    account_pages::Said,
    html,
    people_pages::{Choice, PeoplePage, PersonLine},
    see,
    session::{self, Session, refuse},
};
use crate::{
    domain::{Code, ModeratorId, Role, SiteId},
    flow::{
        App, FlowError,
        accounts::{self, Account, Change},
    },
    http::{
        body::FormBody,
        error::ApiError,
        fields::{Fields, pairs_of},
        query::Query,
        view::Moment,
    },
    store::ColleagueRow,
};

const PAGE: &str = "/desk/people";

const ROLES: [(Role, &str); 4] = [
    (Role::Moderator, "Moderator: reads the queue and decides"),
    (Role::Editor, "Editor: and keeps articles"),
    (Role::Admin, "Admin: and keeps people"),
    (Role::Operator, "Operator: sees no comments"),
];

/// What the last action says to the page.
const DONE: [(&str, &str); 5] = [
    ("added", "The account is made. A mail with a link to set a password is on its way."),
    ("changed", "The account is changed. Its owner signs in again."),
    ("invited", "A mail with a link to set a new password is on its way."),
    ("reset", "The second factor is off."),
    ("removed", "The account is removed. Whoever used it is signed out."),
];

/// `GET /desk/people`
pub async fn page(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let Some(session) = Session::of(&app, &request).await? else { return Ok(session::ask(PAGE)) };
    let query = Query::of(&request, &["done"])?;
    let done = query.get("done").and_then(|word| DONE.into_iter().find(|(done, _)| *done == word));
    let said = done.map(|(_, text)| Said { part: "people", text: text.to_owned(), is_good: true });
    Ok(html(&view(&app, &session, (said, [String::new(), String::new()])).await?))
}

/// `POST /desk/people`: makes an account, and invites its owner.
pub async fn add(app: Data<App>, request: HttpRequest, body: FormBody) -> Result<HttpResponse, ApiError> {
    let (session, form) = match posted(&app, &request, (&body, &["csrf", "email", "name", "role"])).await? {
        Ok(given) => given,
        Err(asked) => return Ok(asked),
    };
    let typed = ["email", "name"].map(|name| form.owned(name).unwrap_or_default());
    let account = match account(&app, (&body, &form)) {
        Ok(account) => account,
        Err(why) => return refused(&app, &session, (why, typed)).await,
    };
    match accounts::hire(&app, may(&session)?, &account).await {
        Ok(_) => Ok(see(&format!("{PAGE}?done=added"))),
        Err(error) if accounts::is_taken(&error) => {
            refused(&app, &session, ("That address has an account already.", typed)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /desk/people/{id}`: `action` is `change`, `invite`, `reset` or `remove`.
pub async fn act(
    app: Data<App>,
    request: HttpRequest,
    (path, body): (Path<String>, FormBody),
) -> Result<HttpResponse, ApiError> {
    let (session, form) = match posted(&app, &request, (&body, &["csrf", "action", "name", "role"])).await? {
        Ok(given) => given,
        Err(asked) => return Ok(asked),
    };
    let id: ModeratorId = path.parse().map_err(|_| ApiError::NotFound)?;
    let admin = may(&session)?;
    let (change, done) = match form.get("action") {
        Some("change") => {
            let (name, role) = match (name(&form), role(&form)) {
                (Ok(name), Ok(role)) => (name, role),
                (Err(why), _) | (_, Err(why)) => {
                    return refused(&app, &session, (why, Default::default())).await;
                }
            };
            let sites = Some(sites(&app, &body)?);
            (Change { name: Some(name), role: Some(role), sites, ..Change::default() }, "changed")
        }
        Some("invite") => (Change { invite: true, ..Change::default() }, "invited"),
        Some("reset") => (Change { reset_second_factor: true, ..Change::default() }, "reset"),
        Some("remove") => {
            accounts::dismiss(&app, admin, id).await?;
            return Ok(see(&format!("{PAGE}?done=removed")));
        }
        _ => return Err(ApiError::Malformed),
    };
    match accounts::change(&app, admin, (id, &change)).await {
        Ok(()) => Ok(see(&format!("{PAGE}?done={done}"))),
        Err(FlowError::Forbidden) => {
            let why = "That is not possible: nobody changes their own role or sites, or gives away sites they do not have.";
            refused(&app, &session, (why, Default::default())).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Whoever must set up a second factor first may not do any of this.
fn may(session: &Session) -> Result<&crate::domain::Moderator, ApiError> {
    if session.must_enrol { Err(ApiError::Forbidden) } else { Ok(&session.moderator) }
}

fn account(app: &App, (body, form): (&FormBody, &Fields)) -> Result<Account, &'static str> {
    let email =
        form.get("email").and_then(accounts::sign_in_name).ok_or("Please enter an e-mail address.")?;
    let sites = sites(app, body).map_err(|_| "Please choose among the sites there are.")?;
    Ok(Account { email, name: name(form)?, role: role(form)?, sites, password: None })
}

fn name(form: &Fields) -> Result<String, &'static str> {
    accounts::display_name(form.get("name").unwrap_or_default()).map_err(|code| match code {
        Code::Required => "Please enter a name.",
        _ => "A name has at most 100 characters.",
    })
}

fn role(form: &Fields) -> Result<Role, &'static str> {
    form.get("role").and_then(Role::parse).ok_or("Please choose a role.")
}

/// A box for each site; none that is ticked means all.
fn sites(app: &App, body: &FormBody) -> Result<Vec<SiteId>, ApiError> {
    let keys = pairs_of(body.bytes())?.into_iter().filter(|(name, _)| name == "site");
    let mut sites = Vec::new();
    for (_, key) in keys {
        sites.push(app.sites.find(&key).ok_or(ApiError::Malformed)?.id);
    }
    sites.sort_unstable();
    sites.dedup();
    Ok(sites)
}

async fn refused(
    app: &App,
    session: &Session,
    (why, typed): (&str, [String; 2]),
) -> Result<HttpResponse, ApiError> {
    let said = Said { part: "people", text: why.to_owned(), is_good: false };
    Ok(refuse(&view(app, session, (Some(said), typed)).await?, StatusCode::UNPROCESSABLE_ENTITY))
}

async fn view(
    app: &App,
    session: &Session,
    (said, [email, name]): (Option<Said>, [String; 2]),
) -> Result<PeoplePage, ApiError> {
    let rows = accounts::colleagues(app, &session.moderator).await?;
    let mut known = app.sites.all();
    known.retain(|site| session.moderator.sees(site.id));
    known.sort_by(|one, other| one.key.as_str().cmp(other.key.as_str()));
    let choices = |chosen: &[SiteId]| {
        let choice = |site: &std::sync::Arc<crate::domain::Site>| Choice {
            value: site.key.as_str().to_owned(),
            label: site.name.clone(),
            is_chosen: chosen.contains(&site.id),
        };
        known.iter().map(choice).collect::<Vec<_>>()
    };
    let roles = |chosen: Role| {
        let choice = |(role, label): (Role, &str)| Choice {
            value: role.name().to_owned(),
            label: label.to_owned(),
            is_chosen: role == chosen,
        };
        ROLES.map(choice).to_vec()
    };
    let now = app.clock.now();
    let line = |row: &ColleagueRow| PersonLine {
        id: row.moderator.id.to_string(),
        name: row.moderator.name.clone(),
        email: row.moderator.email.clone(),
        role: row.moderator.role.name().to_owned(),
        roles: roles(row.moderator.role),
        sites: choices(&row.sites),
        is_everywhere: row.moderator.all_sites,
        has_second_factor: row.has_second_factor,
        state: match (row.invited_at, &row.moderator.password_hash) {
            (Some(_), _) => Some("Invited"),
            (None, None) => Some("No password"),
            (None, Some(_)) => None,
        },
        seen: row.seen_at.filter(|at| at.micros() > 0).map(|at| Moment::new(at, now)),
        is_self: row.moderator.id == session.moderator.id,
    };
    Ok(PeoplePage {
        bar: session.bar(),
        said,
        people: rows.iter().map(line).collect(),
        roles: roles(Role::Moderator),
        sites: choices(&[]),
        may_be_everywhere: session.moderator.sites.is_none(),
        typed_email: email,
        typed_name: name,
    })
}
