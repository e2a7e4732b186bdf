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
    people_pages::{Choice, FieldFault, PeoplePage, PersonForm, PersonLine},
    see,
    session::{self, Session, refuse},
};
use crate::{
    domain::{Code, Moderator, ModeratorId, Role, SiteId},
    flow::{
        App, FlowError,
        accounts::{self, Account, Change, Keeper},
    },
    http::{body::FormBody, error::ApiError, fields::Fields, query::Query, view::Moment},
    store::ColleagueRow,
    texts::{Phrase, Texts},
};

const PAGE: &str = "/desk/people";

const ROLES: [Role; 4] = [Role::Moderator, Role::Editor, Role::Admin, Role::Operator];

/// A role and what it may do.
fn role_in_words(t: Texts, role: Role) -> Phrase {
    match role {
        Role::Moderator => t.say("person-moderator"),
        Role::Editor => t.say("person-editor"),
        Role::Admin => t.say("person-admin"),
        Role::Operator => t.say("person-operator"),
    }
}

/// What the last action says to the page.
fn done_in_words(t: Texts, done: &str) -> Option<Phrase> {
    Some(match done {
        "added" => t.say("people-added"),
        "changed" => t.say("people-changed"),
        "invited" => t.say("people-link-sent"),
        "reset" => t.say("people-factor-is-off"),
        "removed" => t.say("people-removed"),
        _ => return None,
    })
}

/// What was typed into a form, to be shown again.
struct Typed {
    /// What is wrong with it is told in this language.
    t: Texts,
    /// Whose; none for a new account.
    whose: Option<ModeratorId>,
    email: String,
    name: String,
    role: Option<Role>,
    is_everywhere: bool,
    /// Keys.
    sites: Vec<String>,
}

impl Typed {
    fn of(
        t: Texts,
        (form, body): (&Fields, &FormBody),
        whose: Option<ModeratorId>,
    ) -> Result<Self, ApiError> {
        let owned = |name| form.owned(name).unwrap_or_default();
        Ok(Self {
            t,
            whose,
            email: owned("email"),
            name: owned("name"),
            role: form.get("role").and_then(Role::parse),
            is_everywhere: form.get("everywhere").is_some(),
            sites: body.every("site")?,
        })
    }

    fn name(&self) -> Result<String, FieldFault> {
        let text = |code| match code {
            Code::Required => self.t.say("person-name-required"),
            Code::ControlCharacter => self.t.say("person-name-controls"),
            Code::AtSign => self.t.say("person-name-at"),
            _ => self.t.say("person-name-long"),
        };
        accounts::display_name(&self.name).map_err(|code| fault("name", text(code)))
    }

    fn role(&self) -> Result<Role, FieldFault> {
        self.role.ok_or_else(|| fault("role", self.t.say("person-role-fault")))
    }

    /// None of them means all, which somebody must say.
    fn sites(&self, (app, admin): (&App, &Moderator)) -> Result<Vec<SiteId>, FieldFault> {
        let seen = |key: &String| app.sites.find(key).map(|site| site.id).filter(|site| admin.sees(*site));
        let found: Option<Vec<SiteId>> = self.sites.iter().map(seen).collect();
        let mut sites = found.ok_or_else(|| fault("sites", self.t.say("person-sites-unknown")))?;
        sites.sort_unstable();
        sites.dedup();
        match (self.is_everywhere, sites.is_empty()) {
            (true, true) | (false, false) => Ok(sites),
            (false, true) => Err(fault("sites", self.t.say("person-sites-none"))),
            (true, false) => Err(fault("sites", self.t.say("person-sites-both"))),
        }
    }
}

fn fault(field: &'static str, text: Phrase) -> FieldFault {
    FieldFault { field, text: text.into() }
}

/// `GET /desk/people`
pub async fn page(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let Some(session) = Session::of(&app, &request).await? else { return Ok(session::ask(PAGE)) };
    let query = Query::of(&request, &["done"])?;
    let done = query.get("done").and_then(|done| done_in_words(session.t, done));
    let said = done.map(|text| Said { part: "people", text: text.into(), is_good: true });
    Ok(html(&view(&app, &session, said).await?))
}

/// `POST /desk/people`: makes an account, and invites its owner.
pub async fn add(app: Data<App>, request: HttpRequest, body: FormBody) -> Result<HttpResponse, ApiError> {
    let names = ["csrf", "email", "name", "role", "everywhere"];
    let (session, form) = match posted(&app, &request, (&body, &names)).await? {
        Ok(given) => given,
        Err(asked) => return Ok(asked),
    };
    let typed = Typed::of(session.t, (&form, &body), None)?;
    let account = match account((&app, &session.moderator), &typed) {
        Ok(account) => account,
        Err(fault) => return refused(&app, &session, (&typed, fault)).await,
    };
    match accounts::hire(&app, keeper(&session.moderator), &account).await {
        Ok(_) => Ok(see(&format!("{PAGE}?done=added"))),
        Err(error) if accounts::is_taken(&error) => {
            let fault = fault("email", session.t.say("person-email-taken"));
            refused(&app, &session, (&typed, fault)).await
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
    let names = ["csrf", "action", "version", "name", "role", "everywhere"];
    let (session, form) = match posted(&app, &request, (&body, &names)).await? {
        Ok(given) => given,
        Err(asked) => return Ok(asked),
    };
    let id: ModeratorId = path.parse().map_err(|_| ApiError::NotFound)?;
    let typed = Typed::of(session.t, (&form, &body), Some(id))?;
    let (change, done) = match form.get("action") {
        Some("change") => match changed((&app, &session.moderator), (&form, &typed))? {
            Ok(change) => (change, "changed"),
            Err(fault) => return refused(&app, &session, (&typed, fault)).await,
        },
        Some("invite") => (Change { invite: true, ..Change::default() }, "invited"),
        Some("reset") => (Change { reset_second_factor: true, ..Change::default() }, "reset"),
        Some("remove") => {
            accounts::dismiss(&app, keeper(&session.moderator), id).await?;
            return Ok(see(&format!("{PAGE}?done=removed")));
        }
        _ => return Err(ApiError::Malformed),
    };
    let (status, text) = match accounts::change(&app, keeper(&session.moderator), (id, &change)).await {
        Ok(()) => return Ok(see(&format!("{PAGE}?done={done}"))),
        Err(FlowError::VersionConflict) => (StatusCode::CONFLICT, session.t.say("people-conflict")),
        Err(FlowError::Forbidden) => (StatusCode::UNPROCESSABLE_ENTITY, session.t.say("people-forbidden")),
        Err(error) => return Err(error.into()),
    };
    let said = Said { part: "people", text: text.into(), is_good: false };
    Ok(refuse(&view(&app, &session, Some(said)).await?, status))
}

/// An admin at the desk.
const fn keeper(admin: &Moderator) -> Keeper<'_> {
    Keeper { admin, via: "desk" }
}

fn account(who: (&App, &Moderator), typed: &Typed) -> Result<Account, FieldFault> {
    let email = accounts::sign_in_name(&typed.email);
    let email = email.ok_or_else(|| fault("email", typed.t.say("person-email-fault")))?;
    Ok(Account { email, name: typed.name()?, role: typed.role()?, sites: typed.sites(who)?, password: None })
}

/// A change of the account as the page showed it.
fn changed(
    who: (&App, &Moderator),
    (form, typed): (&Fields, &Typed),
) -> Result<Result<Change, FieldFault>, ApiError> {
    let version = form.get("version").and_then(|raw| raw.parse().ok()).ok_or(ApiError::Malformed)?;
    let change = || {
        Ok(Change {
            version: Some(version),
            name: Some(typed.name()?),
            role: Some(typed.role()?),
            sites: Some(typed.sites(who)?),
            ..Change::default()
        })
    };
    Ok(change())
}

/// The page again, with what was typed and what is wrong with it.
async fn refused(
    app: &App,
    session: &Session,
    (typed, fault): (&Typed, FieldFault),
) -> Result<HttpResponse, ApiError> {
    let said = Said { part: "people", text: fault.text.clone(), is_good: false };
    let mut page = view(app, session, Some(said)).await?;
    let whose = typed.whose.map(|id| id.to_string());
    let form = match &whose {
        None => Some(&mut page.add),
        Some(id) => page.people.iter_mut().find(|person| person.id == *id).map(|person| &mut person.form),
    };
    let form = form.ok_or(ApiError::NotFound)?;
    form.name.clone_from(&typed.name);
    for role in &mut form.roles {
        role.is_chosen = typed.role.is_some_and(|typed| typed.name() == role.value);
    }
    for site in &mut form.sites {
        site.is_chosen = typed.sites.contains(&site.value);
    }
    form.is_everywhere = typed.is_everywhere;
    form.fault = Some(fault);
    if whose.is_none() {
        page.typed_email.clone_from(&typed.email);
    }
    Ok(refuse(&page, StatusCode::UNPROCESSABLE_ENTITY))
}

async fn view(app: &App, session: &Session, said: Option<Said>) -> Result<PeoplePage, ApiError> {
    let rows = accounts::colleagues(app, &session.moderator).await?;
    let mut known = app.sites.all();
    known.retain(|site| session.moderator.sees(site.id));
    known.sort_by(|one, other| one.key.as_str().cmp(other.key.as_str()));
    let (t, may_be_everywhere) = (session.t, session.moderator.sites.is_none());
    let form = |suffix: String, (name, role): (&str, Role), sites: Option<&[SiteId]>| PersonForm {
        suffix,
        name: name.to_owned(),
        roles: ROLES
            .map(|one| choice((one.name(), &role_in_words(t, one).to_string()), one == role))
            .to_vec(),
        sites: known
            .iter()
            .map(|site| {
                choice((site.key.as_str(), &site.name), sites.is_some_and(|sites| sites.contains(&site.id)))
            })
            .collect(),
        may_be_everywhere,
        is_everywhere: may_be_everywhere && sites.is_some_and(<[SiteId]>::is_empty),
        fault: None,
    };
    let line = |row: &ColleagueRow| {
        let (id, person) = (row.moderator.id.to_string(), &row.moderator);
        let form = form(format!("-{id}"), (&person.name, person.role), Some(&row.sites));
        person_line((app, session), (row, id), form)
    };
    Ok(PeoplePage {
        t,
        bar: session.bar(),
        said,
        people: rows.iter().map(line).collect(),
        add: form(String::new(), ("", Role::Moderator), None),
        typed_email: String::new(),
    })
}

fn choice((value, label): (&str, &str), is_chosen: bool) -> Choice {
    Choice { value: value.to_owned(), label: label.to_owned(), is_chosen }
}

fn person_line(
    (app, session): (&App, &Session),
    (row, id): (&ColleagueRow, String),
    form: PersonForm,
) -> PersonLine {
    let t = session.t;
    let bound: Vec<&str> =
        form.sites.iter().filter(|site| site.is_chosen).map(|site| site.label.as_str()).collect();
    PersonLine {
        id,
        version: row.version,
        name: row.moderator.name.clone(),
        email: row.moderator.email.clone(),
        role: row.moderator.role,
        is_everywhere: row.moderator.all_sites,
        bound_to: bound.join(", "),
        has_second_factor: row.has_second_factor,
        state: match (row.invited_at, &row.moderator.password_hash) {
            (Some(_), _) => Some(t.say("people-invited").into()),
            (None, None) => Some(t.say("people-no-password").into()),
            (None, Some(_)) => None,
        },
        seen: row.seen_at.filter(|at| at.micros() > 0).map(|at| Moment::told(t, at, app.clock.now())),
        is_self: row.moderator.id == session.moderator.id,
        form,
    }
}
