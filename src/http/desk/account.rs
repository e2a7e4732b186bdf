//! "Your account": the password, where one is signed in, and what one's programs show.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};

use super::{
    account_pages::{AccountPage, Factor, MailForm, OncePage, Said, SessionLine, TokenLine},
    html, mail_form, see,
    session::{self, Session, refuse, too_many},
};
use crate::{
    domain::{ModeratorId, Scope},
    flow::{
        App, FlowError,
        accounts::{self, Enrolment, MARK, NewApiToken, Refusal},
    },
    http::{
        auth, body::FormBody, error::ApiError, fields::Fields, moderation::free_text, query::Query,
        view::Moment,
    },
    store::{OwnSession, OwnToken},
    vault::{Password, WeakPassword},
};

/// The page.
pub const PAGE: &str = "/desk/account";

/// What the last action says to the page.
const DONE: [(&str, (&str, &str)); 6] = [
    ("mail", ("mail", "Saved. What waits for you follows it from now on.")),
    ("password", ("password", "Your password is changed. You are signed out everywhere else.")),
    ("session", ("sessions", "Signed out there.")),
    ("others", ("sessions", "You are signed out everywhere else.")),
    ("token", ("tokens", "The token is withdrawn.")),
    ("factor", ("factor", "The second factor is off.")),
];

/// `GET /desk/account`
pub async fn page(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let Some(session) = Session::of(&app, &request).await? else { return Ok(session::ask(PAGE)) };
    let query = Query::of(&request, &["done"])?;
    let said = query.get("done").and_then(|word| DONE.into_iter().find(|(done, _)| *done == word));
    let said = said.map(|(_, (part, text))| Said { part, text: text.to_owned(), is_good: true });
    Ok(html(&view(&app, &session, (said, None)).await?))
}

/// The same, as it answers a form that was refused.
pub async fn refused(
    app: &App,
    session: &Session,
    (part, text): (&'static str, String),
) -> Result<HttpResponse, ApiError> {
    refused_with(app, session, (Said { part, text, is_good: false }, None)).await
}

/// The same with what was typed about mail.
pub async fn refused_with(
    app: &App,
    session: &Session,
    (said, typed): (Said, Option<MailForm>),
) -> Result<HttpResponse, ApiError> {
    let page = view(app, session, (Some(said), typed)).await?;
    Ok(refuse(&page, StatusCode::UNPROCESSABLE_ENTITY))
}

/// Why somebody was not let through, in words; an error when it was not their fault.
pub fn in_words(refusal: Refusal, wrong: &str) -> Result<String, ApiError> {
    match refusal {
        Refusal::Wrong => Ok(wrong.to_owned()),
        Refusal::TooMany(seconds) => Ok(too_many(seconds)),
        Refusal::Store(error) => Err(error.into()),
    }
}

async fn view(
    app: &App,
    session: &Session,
    (said, typed): (Option<Said>, Option<MailForm>),
) -> Result<AccountPage, ApiError> {
    let (id, now) = (session.moderator.id, app.clock.now());
    let row = app.db.read(async |tx| tx.moderator(id).await).await?.ok_or(ApiError::Unauthenticated)?;
    let named = |site: &crate::domain::SiteId| app.sites.get(*site).map(|site| site.name.clone());
    let this = session.signed.hash.as_str();
    Ok(AccountPage {
        bar: session.bar(),
        email: row.email,
        sites: session.moderator.sites.iter().flatten().filter_map(named).collect(),
        said,
        mail: match typed {
            None if session.moderator.role.moderates() => {
                Some(mail_form::form(&accounts::mail_of(app, id).await?))
            }
            typed => typed,
        },
        factor: match accounts::enrolment(app, id).await? {
            Enrolment::Confirmed(since, left) => Factor::On { since: Moment::new(since, now), left },
            Enrolment::None | Enrolment::Begun(_) => Factor::Off,
        },
        sessions: accounts::sessions_of(app, id).await?.iter().map(|row| line(app, row, this)).collect(),
        tokens: accounts::tokens_of(app, id).await?.iter().map(|row| token_line(app, row)).collect(),
        token_name: String::new(),
    })
}

fn mark(hash: &str) -> String {
    hash.chars().take(MARK).collect()
}

fn line(app: &App, row: &OwnSession, this: &str) -> SessionLine {
    let now = app.clock.now();
    SessionLine {
        mark: mark(&row.hash),
        browser: if row.browser.is_empty() { "A browser".to_owned() } else { row.browser.clone() },
        begun: Moment::new(row.created_at, now),
        used: (row.used_at.micros() > 0).then(|| Moment::new(row.used_at, now)),
        is_this: row.hash == this,
    }
}

fn token_line(app: &App, row: &OwnToken) -> TokenLine {
    let now = app.clock.now();
    let is_over = row.expires_at.is_some_and(|at| at <= now);
    TokenLine {
        mark: mark(&row.hash),
        name: if row.name.is_empty() { "A token".to_owned() } else { row.name.clone() },
        scope: match row.scope {
            Scope::Read => "only looks".to_owned(),
            Scope::All => "may do what you may".to_owned(),
        },
        ends: match row.expires_at {
            Some(at) if is_over => format!("ended {}", at.day_for_people()),
            Some(at) => format!("until {}", at.day_for_people()),
            None => "without end".to_owned(),
        },
        is_over,
        used: row.used_at.map(|at| Moment::new(at, now)),
    }
}

/// `POST /desk/account/password`
pub async fn password(
    app: Data<App>,
    request: HttpRequest,
    body: FormBody,
) -> Result<HttpResponse, ApiError> {
    let names = ["csrf", "password", "new", "again"];
    let (session, form) = match posted(&app, &request, (&body, &names)).await? {
        Ok(given) => given,
        Err(asked) => return Ok(asked),
    };
    let owned = |name| form.owned(name).unwrap_or_default();
    let new = match chosen(&owned("new"), &owned("again")) {
        Ok(new) => new,
        Err(why) => return refused(&app, &session, ("password", why.to_owned())).await,
    };
    match accounts::change_password(&app, &session.signed, (owned("password"), new)).await {
        Ok(()) => Ok(see(&format!("{PAGE}?done=password"))),
        Err(refusal) => {
            let why = in_words(refusal, "Your present password is not right.")?;
            refused(&app, &session, ("password", why)).await
        }
    }
}

/// A password that somebody chose, typed twice.
pub fn chosen(new: &str, again: &str) -> Result<Password, &'static str> {
    let new = match Password::parse(new) {
        Ok(_) if new != again => return Err("The two new passwords are not the same."),
        Ok(parsed) => parsed,
        Err(WeakPassword::TooShort) => return Err("A password has at least 12 characters."),
        Err(WeakPassword::TooLong) => return Err("A password has at most 1,024 bytes."),
    };
    Ok(new)
}

/// `POST /desk/account/sessions`: `end` is the mark of one, or `others`.
pub async fn sessions(
    app: Data<App>,
    request: HttpRequest,
    body: FormBody,
) -> Result<HttpResponse, ApiError> {
    let (session, form) = match posted(&app, &request, (&body, &["csrf", "end"])).await? {
        Ok(given) => given,
        Err(asked) => return Ok(asked),
    };
    let done = match form.get("end").ok_or(ApiError::Malformed)? {
        "others" => {
            accounts::end_other_sessions(&app, &session.signed).await?;
            "others"
        }
        mark => {
            gone(accounts::end_marked_session(&app, session.moderator.id, mark).await)?;
            "session"
        }
    };
    Ok(see(&format!("{PAGE}?done={done}")))
}

/// What is not there any more was ended by somebody else: that is as well.
fn gone(ended: Result<(), FlowError>) -> Result<(), ApiError> {
    match ended {
        Err(FlowError::NotFound) => Ok(()),
        other => Ok(other?),
    }
}

/// `POST /desk/account/tokens`: `end` is the mark of one to be withdrawn; else one is made.
pub async fn tokens(app: Data<App>, request: HttpRequest, body: FormBody) -> Result<HttpResponse, ApiError> {
    let names = ["csrf", "end", "name", "scope", "days", "password"];
    let (session, form) = match posted(&app, &request, (&body, &names)).await? {
        Ok(given) => given,
        Err(asked) => return Ok(asked),
    };
    let id = session.moderator.id;
    if let Some(mark) = form.get("end") {
        gone(accounts::revoke_token(&app, id, mark).await)?;
        return Ok(see(&format!("{PAGE}?done=token")));
    }
    if session.must_enrol {
        return Err(ApiError::Forbidden);
    }
    let new = match new_token(&form, id) {
        Ok(new) => new,
        Err(why) => return refused(&app, &session, ("tokens", why.to_owned())).await,
    };
    let typed = form.owned("password").unwrap_or_default();
    if let Err(refusal) = accounts::confirm_password(&app, id, typed).await {
        let why = in_words(refusal, "Your password is not right.")?;
        return refused(&app, &session, ("tokens", why)).await;
    }
    match accounts::issue_token(&app, id, &new).await {
        Ok(secret) => Ok(html(&OncePage {
            bar: session.bar(),
            title: "Your new token".to_owned(),
            lead: "Copy it now: it is shown this once. Programs send it as “Authorization: Bearer”."
                .to_owned(),
            secrets: vec![secret.reveal().to_owned()],
        })),
        Err(FlowError::AlreadyDecided) => {
            let why = "There are 50 tokens already. Please withdraw one first.".to_owned();
            refused(&app, &session, ("tokens", why)).await
        }
        Err(error) => Err(error.into()),
    }
}

fn new_token(form: &Fields, id: ModeratorId) -> Result<NewApiToken, &'static str> {
    let name = free_text("name", form.owned("name"), 100).ok().flatten();
    let name = name
        .filter(|name| !name.contains('\n'))
        .ok_or("Please say what the token is for, in at most 100 characters.")?;
    let scope = form.get("scope").and_then(Scope::parse).ok_or("Please choose what the token may do.")?;
    let days = form
        .get("days")
        .and_then(|raw| raw.trim().parse::<u32>().ok())
        .filter(|days| (1..=3_650).contains(days));
    let days = days.ok_or("Please give the days until it ends, 1 to 3,650.")?;
    Ok(NewApiToken { name, scope, life: Duration::from_hours(24) * days, made_by: Some(id) })
}

/// The form that somebody posted about themself, or the way to the sign-in page.
pub async fn posted(
    app: &App,
    request: &HttpRequest,
    (body, names): (&FormBody, &[&'static str]),
) -> Result<Result<(Session, Fields), HttpResponse>, ApiError> {
    auth::check_origin(app, request, None)?;
    let Some(session) = Session::any(app, request).await? else { return Ok(Err(session::ask(PAGE))) };
    let form = body.read(names)?;
    session.check(app, form.get("csrf"))?;
    Ok(Ok((session, form)))
}
