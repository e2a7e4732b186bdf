//! Signing in and out, and who is signed in.

use std::time::Duration;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::Data,
};
use askama::Template;
use url::form_urlencoded;
use uuid::Uuid;

use super::{
    html, is_ours,
    pages::{SignInPage, TopBar},
    see,
};
use crate::{
    domain::{Moderator, Role},
    flow::{
        App,
        accounts::{self, Attempt, Device, Entered, Refusal, Signed},
    },
    http::{
        Shared, auth,
        body::FormBody,
        cookies,
        error::{ApiError, prefers_html},
        language::texts,
        limits,
        query::Query,
        view::Link,
    },
    texts::Texts,
    vault::{Token, TokenPurpose},
};

/// The page that moderators land on.
pub const QUEUE: &str = "/desk";

/// How long a page with a form stays good.
const FORM_LIFE: Duration = Duration::from_hours(12);

/// Where somebody goes first who must set up a second factor.
pub const ENROL: &str = "/desk/account/second-factor";

/// Somebody who is signed in.
pub struct Session {
    /// Who.
    pub moderator: Moderator,
    /// Proves that a form was made for this session.
    pub csrf: String,
    /// They must set up a second factor before anything else.
    pub must_enrol: bool,
    /// The session itself.
    pub signed: Signed,
    /// The language they are spoken to in.
    pub t: Texts,
    /// The path that was asked for.
    here: String,
    mark: i64,
}

impl Session {
    /// Who is signed in with this browser and may work, if anybody is.
    pub async fn of(app: &App, request: &HttpRequest) -> Result<Option<Self>, ApiError> {
        Ok(Self::any(app, request).await?.filter(|session| !session.must_enrol))
    }

    /// The same, also when they must set up a second factor first.
    pub async fn any(app: &App, request: &HttpRequest) -> Result<Option<Self>, ApiError> {
        let Some(secret) = cookies::session(app, request) else { return Ok(None) };
        Ok(accounts::of_session(app, &secret).await?.map(|signed| Self::from(app, (signed, request))))
    }

    /// The session of somebody who has just signed in.
    pub async fn entered(
        app: &App,
        request: &HttpRequest,
        entered: &Entered,
    ) -> Result<Option<Self>, ApiError> {
        let signed = accounts::of_session(app, entered.secret.reveal()).await?;
        Ok(signed.map(|signed| Self::from(app, (signed, request))))
    }

    fn from(app: &App, (signed, request): (Signed, &HttpRequest)) -> Self {
        let (mark, t, here) = (mark(&signed), texts(request), request.path().to_owned());
        let csrf = csrf(app, signed.moderator.id.uuid(), mark);
        Self {
            moderator: signed.moderator.clone(),
            csrf,
            must_enrol: signed.must_enrol,
            signed,
            t,
            here,
            mark,
        }
    }

    /// Refuses a form that was not made for this session.
    pub fn check(&self, app: &App, csrf: Option<&str>) -> Result<(), ApiError> {
        check(app, csrf, (self.moderator.id.uuid(), self.mark))
    }

    /// Where they go: an operator sees nothing of the queue, and is not met by a refusal.
    fn lands<'a>(&self, next: &'a str) -> &'a str {
        if next == QUEUE { self.home() } else { next }
    }

    /// The first page of this person.
    pub const fn home(&self) -> &'static str {
        if self.moderator.role.moderates() { QUEUE } else { super::outbox::PAGE }
    }

    /// The bar on top of every page of the desk.
    pub fn bar(&self) -> TopBar {
        let t = self.t;
        TopBar {
            name: self.moderator.name.clone(),
            role: self.moderator.role,
            home_url: self.home().to_owned(),
            here: self.here.clone(),
            links: [
                (self.moderator.role.moderates(), t.say("bar-articles"), "/desk/articles"),
                (self.moderator.role.moderates(), t.say("bar-reasons"), "/desk/reasons"),
                (self.moderator.role.moderates(), t.say("bar-rules"), super::rules::POLICY),
                (self.moderator.role.edits(), t.say("bar-blocks"), super::blocks::PAGE),
                (self.moderator.role.operates(), t.say("bar-outbox"), super::outbox::PAGE),
                (self.moderator.role.edits(), t.say("bar-audit"), "/desk/audit"),
                (self.moderator.role == Role::Admin, t.say("bar-people"), "/desk/people"),
            ]
            .into_iter()
            .filter(|(may_see, ..)| *may_see)
            .map(|(_, label, url)| Link::new(label, url))
            .collect(),
            sign_out_url: "/desk/sign-out".to_owned(),
            csrf: self.csrf.clone(),
        }
    }
}

/// A number that tells sessions apart without telling the session.
fn mark(signed: &Signed) -> i64 {
    signed.hash.as_str().bytes().take(10).fold(0, |mark, byte| mark.wrapping_mul(64) ^ i64::from(byte))
}

fn csrf(app: &App, object: Uuid, version: i64) -> String {
    let expires = app.clock.now().plus(FORM_LIFE);
    app.vault.mint(&Token { purpose: TokenPurpose::Csrf, object, version, recipient: None, expires })
}

fn check(app: &App, csrf: Option<&str>, (object, version): (Uuid, i64)) -> Result<(), ApiError> {
    let token = csrf.and_then(|raw| app.vault.verify(TokenPurpose::Csrf, raw, app.clock.now()).ok());
    match token {
        Some(token) if token.object == object && token.version == version => Ok(()),
        _ => Err(ApiError::Forbidden),
    }
}

/// What proves that the form of a page without anybody signed in was made here.
pub fn door_csrf(app: &App) -> String {
    csrf(app, Uuid::nil(), 0)
}

/// Whether that is so.
pub fn is_from_the_door(app: &App, given: Option<&str>) -> bool {
    check(app, given, (Uuid::nil(), 0)).is_ok()
}

/// Sends a browser to the sign-in page, and from there back: to the page, without what its address says beside.
pub fn ask(page: &str) -> HttpResponse {
    let back = form_urlencoded::Serializer::new(String::new()).append_pair("next", page).finish();
    see(&format!("/desk/sign-in?{back}"))
}

/// `GET /desk/sign-in`
pub async fn sign_in_page(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let query = Query::of(&request, &["next", "welcome"])?;
    let next = query.get("next").filter(|next| is_ours(next)).unwrap_or("/desk").to_owned();
    match Session::any(&app, &request).await? {
        Some(session) if session.must_enrol => Ok(see(ENROL)),
        Some(session) => Ok(see(session.lands(&next))),
        None => {
            let is_welcome = query.get("welcome").is_some();
            let page = page(&app, texts(&request), next, (String::new(), None));
            Ok(html(&SignInPage { is_welcome, ..page }))
        }
    }
}

fn page(app: &App, t: Texts, next: String, (email, error): (String, Option<String>)) -> SignInPage {
    let action = "/desk/sign-in".to_owned();
    SignInPage { t, action, csrf: door_csrf(app), next, email, error, is_welcome: false }
}

/// Name, password and code, as a form or a program sends them.
pub struct Typed {
    /// The address that they sign in with.
    pub name: String,
    /// The password.
    pub password: String,
    /// A code of their app, or a recovery code; empty for none.
    pub code: String,
}

/// An attempt that was counted for its client, before anything of it was read.
pub struct Arrival {
    device: Option<Device>,
    over: Option<u64>,
}

/// Counts an attempt to sign in. A client that tried too often may go on only with a device that is known,
/// which is then counted by itself.
pub async fn arrives(app: &App, shared: &Shared, request: &HttpRequest) -> Result<Arrival, ApiError> {
    let (over, device) = (limits::sign_in_over(app, shared, request).await?, cookies::device(app, request));
    match (over, device) {
        (Some(seconds), None) => Err(ApiError::RateLimited(seconds)),
        _ => Ok(Arrival { device, over }),
    }
}

/// Signs somebody in by what they typed; the same answer and the same work for names that are not known.
pub async fn enter(
    app: &App,
    (shared, request): (&Shared, &HttpRequest),
    Arrival { device, over }: Arrival,
    typed: Typed,
) -> Result<Entered, Refusal> {
    let (client, browser) = (auth::client(shared, request), auth::browser(request));
    let before = cookies::session(app, request);
    let attempt = Attempt {
        name: &typed.name,
        password: typed.password,
        code: &typed.code,
        client: &client,
        device,
        browser: &browser,
        session: before.as_deref(),
        over,
    };
    accounts::sign_in(app, attempt).await
}

/// `POST /desk/sign-in`
pub async fn sign_in(
    app: Data<App>,
    shared: Data<Shared>,
    request: HttpRequest,
    body: FormBody,
) -> Result<HttpResponse, ApiError> {
    auth::check_origin(&app, &request, None)?;
    let arrival = arrives(&app, &shared, &request).await?;
    let form = body.read(&["csrf", "next", "email", "password", "code"])?;
    let next = form.get("next").filter(|next| is_ours(next)).unwrap_or("/desk").to_owned();
    let owned = |name| form.owned(name).unwrap_or_default();
    let (email, t) = (owned("email"), texts(&request));
    if !is_from_the_door(&app, form.get("csrf")) {
        let said = t.say("form-too-old").to_string();
        return Ok(refuse(&page(&app, t, next, (email, Some(said))), StatusCode::FORBIDDEN));
    }
    let typed = Typed { name: email.clone(), password: owned("password"), code: owned("code") };
    match enter(&app, (&shared, &request), arrival, typed).await {
        Ok(entered) => {
            let session = Session::entered(&app, &request, &entered).await?;
            let mut answer = see(session.as_ref().map_or(&next, |session| session.lands(&next)));
            cookies::enter(&app, &mut answer, &entered)?;
            Ok(answer)
        }
        Err(Refusal::Wrong) => {
            let said = t.say("sign-in-wrong").to_string();
            Ok(refuse(&page(&app, t, next, (email, Some(said))), StatusCode::UNPROCESSABLE_ENTITY))
        }
        Err(Refusal::TooMany(seconds)) if !prefers_html(&request) => Err(ApiError::RateLimited(seconds)),
        Err(Refusal::TooMany(seconds)) => {
            let page = page(&app, t, next, (email, Some(too_many(t, seconds))));
            let mut answer = refuse(&page, StatusCode::TOO_MANY_REQUESTS);
            answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            Ok(answer)
        }
        Err(Refusal::Store(error)) => Err(error.into()),
    }
}

/// What somebody is told who tried too often, or whose name others tried too often.
pub fn too_many(t: Texts, seconds: u64) -> String {
    t.say("attempts").with("minutes", seconds.div_ceil(60)).to_string()
}

/// A page that says what is wrong with what it was sent.
pub fn refuse(page: &impl Template, status: StatusCode) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("text/html; charset=utf-8")
        .body(page.render().unwrap_or_default())
}

/// `POST /desk/sign-out`
pub async fn sign_out(
    app: Data<App>,
    request: HttpRequest,
    body: FormBody,
) -> Result<HttpResponse, ApiError> {
    auth::check_origin(&app, &request, None)?;
    let session = Session::any(&app, &request).await?;
    if let (Some(session), Some(secret)) = (session, cookies::session(&app, &request)) {
        session.check(&app, body.read(&["csrf"])?.get("csrf"))?;
        accounts::end_session(&app, &secret).await?;
    }
    let mut answer = see("/desk/sign-in");
    cookies::leave(&app, &mut answer)?;
    Ok(answer)
}
