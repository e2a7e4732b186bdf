//! "Your account": the password, where one is signed in, and what one's programs show.

use std::time::Duration;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::Data,
};

use super::{
    account_pages::{AccountPage, Factor, MailForm, OncePage, Said, SessionLine, TokenLine},
    html, mail_form, see,
    session::{self, Session, refuse, too_many},
};
use crate::{
    domain::{Mark, ModeratorId, Scope, Timestamp},
    flow::{
        App, FlowError,
        accounts::{self, Enrolment, NewApiToken, Refusal},
    },
    http::{
        auth, body::FormBody, error::ApiError, fields::Fields, moderation::free_text, query::Query,
        view::Moment,
    },
    store::{OwnSession, OwnToken},
    texts::{Phrase, Texts},
    vault::{Password, WeakPassword},
};

/// The page.
pub const PAGE: &str = "/desk/account";

/// What the last action says to the page.
fn done_in_words(t: Texts, done: &str) -> Option<Phrase> {
    Some(match done {
        "mail" => t.say("mail-form-saved"),
        "password" => t.say("account-password-changed"),
        "session" => t.say("account-session-ended"),
        "others" => t.say("account-sessions-ended-others"),
        "token" => t.say("account-token-withdrawn"),
        "factor" => t.say("account-factor-is-off"),
        _ => return None,
    })
}

/// The part of the page that says it.
fn part_of(done: &str) -> &'static str {
    match done {
        "mail" => "mail",
        "password" => "password",
        "session" | "others" => "sessions",
        "token" => "tokens",
        _ => "factor",
    }
}

/// `GET /desk/account`
pub async fn page(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let Some(session) = Session::of(&app, &request).await? else { return Ok(session::ask(PAGE)) };
    let query = Query::of(&request, &["done"])?;
    let said = query.get("done").and_then(|done| {
        let text = done_in_words(session.t, done)?.to_string();
        Some(Said { part: part_of(done), text, is_good: true })
    });
    Ok(html(&view(&app, &session, (said, None)).await?))
}

/// Why a form was refused.
pub struct Why {
    /// In words.
    pub text: String,
    /// Seconds to wait before another try.
    pub wait: Option<u64>,
}

impl From<Phrase> for Why {
    fn from(text: Phrase) -> Self {
        Self { text: text.to_string(), wait: None }
    }
}

impl Why {
    /// That somebody was not let through; an error when it was not their fault.
    pub fn of(t: Texts, refusal: Refusal, wrong: Phrase) -> Result<Self, ApiError> {
        match refusal {
            Refusal::Wrong => Ok(wrong.into()),
            Refusal::TooMany(seconds) => Ok(Self { text: too_many(t, seconds), wait: Some(seconds) }),
            Refusal::Store(error) => Err(error.into()),
        }
    }

    /// A page that says so.
    pub fn refuses(&self, page: &impl askama::Template) -> HttpResponse {
        let Some(seconds) = self.wait else { return refuse(page, StatusCode::UNPROCESSABLE_ENTITY) };
        let mut answer = refuse(page, StatusCode::TOO_MANY_REQUESTS);
        answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        answer
    }
}

/// The same, as it answers a form that was refused.
pub async fn refused(
    app: &App,
    session: &Session,
    (part, why): (&'static str, Why),
) -> Result<HttpResponse, ApiError> {
    let said = Said { part, text: why.text.clone(), is_good: false };
    Ok(why.refuses(&view(app, session, (Some(said), None)).await?))
}

/// The page again, with what was typed about mail.
pub async fn refused_with(
    app: &App,
    session: &Session,
    (said, typed): (Said, Option<MailForm>),
) -> Result<HttpResponse, ApiError> {
    let page = view(app, session, (Some(said), typed)).await?;
    Ok(refuse(&page, StatusCode::UNPROCESSABLE_ENTITY))
}

/// The same for the form of a new token, with what was typed.
async fn no_token(
    app: &App,
    session: &Session,
    (form, why): (&Fields, Why),
) -> Result<HttpResponse, ApiError> {
    let said = Said { part: "tokens", text: why.text.clone(), is_good: false };
    let owned = |name| form.owned(name).unwrap_or_default();
    let page = AccountPage {
        token_name: owned("name"),
        token_may_all: form.get("scope") == Some("all"),
        token_days: owned("days"),
        ..view(app, session, (Some(said), None)).await?
    };
    Ok(why.refuses(&page))
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
    let t = session.t;
    Ok(AccountPage {
        t,
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
        factor: match accounts::enrolment(app, &session.signed).await? {
            Enrolment::Confirmed(since, left) => Factor::On { since: Moment::told(t, since, now), left },
            Enrolment::None | Enrolment::Begun(_) => Factor::Off,
        },
        sessions: accounts::sessions_of(app, id).await?.iter().map(|row| line(t, now, (row, this))).collect(),
        tokens: accounts::tokens_of(app, id).await?.iter().map(|row| token_line(t, now, row)).collect(),
        token_name: String::new(),
        token_may_all: false,
        token_days: "90".to_owned(),
    })
}

fn line(t: Texts, now: Timestamp, (row, this): (&OwnSession, &str)) -> SessionLine {
    SessionLine {
        mark: Mark::of(&row.hash),
        browser: t.browser(&row.browser),
        begun: Moment::told(t, row.created_at, now),
        used: (row.used_at.micros() > 0).then(|| Moment::told(t, row.used_at, now)),
        is_this: row.hash == this,
    }
}

fn token_line(t: Texts, now: Timestamp, row: &OwnToken) -> TokenLine {
    TokenLine {
        mark: Mark::of(&row.hash),
        name: match row.name.as_str() {
            "" => t.say("account-token-unnamed").to_string(),
            name => name.to_owned(),
        },
        scope: row.scope,
        ends: row.expires_at,
        is_over: row.expires_at.is_some_and(|at| at <= now),
        used: row.used_at.map(|at| Moment::told(t, at, now)),
    }
}

/// `POST /desk/account/password`
pub async fn password(
    app: Data<App>,
    request: HttpRequest,
    body: FormBody,
) -> Result<HttpResponse, ApiError> {
    let names = ["csrf", "password", "new", "again"];
    let (session, form) = match posted_by_any(&app, &request, (&body, &names)).await? {
        Ok(given) => given,
        Err(asked) => return Ok(asked),
    };
    let owned = |name| form.owned(name).unwrap_or_default();
    let id = session.moderator.id;
    let row = app.db.read(async |tx| tx.moderator(id).await).await?.ok_or(ApiError::Unauthenticated)?;
    let t = session.t;
    let new = match chosen(t, (&owned("new"), &owned("again")), (&row.name, &row.email)) {
        Ok(new) => new,
        Err(why) => return refused(&app, &session, ("password", why.into())).await,
    };
    match accounts::change_password(&app, &session.signed, (owned("password"), new)).await {
        Ok(()) => Ok(see(&done("password"))),
        Err(refusal) => {
            let why = Why::of(t, refusal, t.say("account-password-wrong"))?;
            refused(&app, &session, ("password", why)).await
        }
    }
}

/// A password that somebody of this name and address chose, typed twice.
pub fn chosen(t: Texts, (new, again): (&str, &str), whose: (&str, &str)) -> Result<Password, Phrase> {
    match Password::parse_for(new, whose) {
        Ok(_) if new != again => Err(t.say("password-not-same")),
        Ok(parsed) => Ok(parsed),
        Err(WeakPassword::TooShort) => Err(t.say("password-too-short")),
        Err(WeakPassword::TooLong) => Err(t.say("password-too-long")),
        Err(WeakPassword::Guessable) => Err(t.say("password-guessable")),
    }
}

/// `POST /desk/account/sessions`: `end` is the mark of one, or `others`.
pub async fn sessions(
    app: Data<App>,
    request: HttpRequest,
    body: FormBody,
) -> Result<HttpResponse, ApiError> {
    let (session, form) = match posted_by_any(&app, &request, (&body, &["csrf", "end"])).await? {
        Ok(given) => given,
        Err(asked) => return Ok(asked),
    };
    let done = match form.get("end").ok_or(ApiError::Malformed)? {
        "others" => {
            accounts::end_other_sessions(&app, &session.signed).await?;
            "others"
        }
        mark => {
            if let Some(mark) = Mark::parse(mark) {
                gone(accounts::end_marked_session(&app, session.moderator.id, &mark).await)?;
            }
            "session"
        }
    };
    Ok(see(&self::done(done)))
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
    let names = ["csrf", "end", "name", "scope", "days", "password", "code"];
    let (session, form) = match posted_by_any(&app, &request, (&body, &names)).await? {
        Ok(given) => given,
        Err(asked) => return Ok(asked),
    };
    let (id, t) = (session.moderator.id, session.t);
    if let Some(mark) = form.get("end") {
        if let Some(mark) = Mark::parse(mark) {
            gone(accounts::revoke_token(&app, (id, &mark), true).await)?;
        }
        return Ok(see(&done("token")));
    }
    if session.must_enrol {
        return Err(ApiError::Forbidden);
    }
    let new = match new_token(t, &form, id) {
        Ok(new) => new,
        Err(why) => return no_token(&app, &session, (&form, why.into())).await,
    };
    let given = (form.owned("password").unwrap_or_default(), form.get("code").unwrap_or_default());
    let why = match accounts::issue_own_token(&app, id, (&new, given)).await {
        Ok(Some(secret)) => {
            return Ok(html(&OncePage {
                t,
                bar: session.bar(),
                title: t.say("account-token-title").to_string(),
                lead: t.say("account-token-lead").to_string(),
                secrets: vec![secret.reveal().to_owned()],
            }));
        }
        Ok(None) => t.say("account-token-too-many").into(),
        Err(refusal) => Why::of(t, refusal, t.say("password-or-code-wrong"))?,
    };
    no_token(&app, &session, (&form, why)).await
}

fn new_token(t: Texts, form: &Fields, id: ModeratorId) -> Result<NewApiToken, Phrase> {
    let name = free_text("name", form.owned("name"), 100).ok().flatten();
    let name = name.filter(|name| !name.contains('\n')).ok_or_else(|| t.say("account-token-name-fault"))?;
    let scope = form.get("scope").and_then(Scope::parse);
    let scope = scope.ok_or_else(|| t.say("account-token-scope-fault"))?;
    let days = form
        .get("days")
        .and_then(|raw| raw.trim().parse::<u32>().ok())
        .filter(|days| (1..=3_650).contains(days));
    let days = days.ok_or_else(|| t.say("account-token-days-fault"))?;
    Ok(NewApiToken { name, scope, life: Duration::from_hours(24) * days, made_by: Some(id) })
}

/// Where the page says what was done.
pub fn done(word: &str) -> String {
    format!("{PAGE}?done={word}#{}", part_of(word))
}

/// The form that somebody posted, or the way to the sign-in page. `Forbidden`: they must set up a second
/// factor first.
pub async fn posted(
    app: &App,
    request: &HttpRequest,
    given: (&FormBody, &[&'static str]),
) -> Result<Result<(Session, Fields), HttpResponse>, ApiError> {
    match posted_by_any(app, request, given).await? {
        Ok((session, _)) if session.must_enrol => Err(ApiError::Forbidden),
        posted => Ok(posted),
    }
}

/// The same of somebody who may have to set up a second factor first: about themself only.
pub async fn posted_by_any(
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
