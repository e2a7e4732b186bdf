//! Where somebody sets up a second factor, gets new recovery codes, or takes it off.

use actix_web::{HttpRequest, HttpResponse, web::Data};

use super::{
    account::{self, Why, done, posted_by_any, refused},
    account_pages::{KeyView, OncePage, SecondFactorPage},
    html, qr, see,
    session::{self, ENROL, Session},
};
use crate::{
    flow::{
        App, FlowError,
        accounts::{self, Enrolment},
    },
    http::{body::FormBody, error::ApiError},
    texts::Phrase,
    vault::{OneTimeKey, RecoveryCode},
};

/// `GET /desk/account/second-factor`
pub async fn page(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let Some(session) = Session::any(&app, &request).await? else { return Ok(session::ask(ENROL)) };
    match view(&app, &session, None).await? {
        Some(page) => Ok(html(&page)),
        None => Ok(see(account::PAGE)),
    }
}

/// None when there is nothing to be set up.
async fn view(
    app: &App,
    session: &Session,
    error: Option<String>,
) -> Result<Option<SecondFactorPage>, ApiError> {
    let id = session.moderator.id;
    let key = match accounts::enrolment(app, &session.signed).await? {
        Enrolment::Confirmed(..) => return Ok(None),
        Enrolment::None => None,
        Enrolment::Begun(key) => {
            let row = app.db.read(async |tx| tx.moderator(id).await).await?;
            Some(key_view(app, &key, &row.ok_or(ApiError::Unauthenticated)?.email)?)
        }
    };
    Ok(Some(SecondFactorPage {
        t: session.t,
        bar: session.bar(),
        is_required: session.must_enrol,
        error,
        key,
    }))
}

fn key_view(app: &App, secret: &OneTimeKey, account: &str) -> Result<KeyView, ApiError> {
    let (_, host) = app.settings.public_url.split_once("://").unwrap_or_default();
    let uri = secret.uri(&format!("Replydesk ({host})"), account);
    let text: Vec<char> = secret.reveal().chars().collect();
    let groups: Vec<String> = text.chunks(4).map(|group| group.iter().collect()).collect();
    let picture = qr::picture(&uri).ok_or(ApiError::Internal)?;
    Ok(KeyView { text: groups.join(" "), uri, picture })
}

/// `POST /desk/account/second-factor`: `action` is `begin`, `confirm`, `codes` or `off`.
pub async fn act(app: Data<App>, request: HttpRequest, body: FormBody) -> Result<HttpResponse, ApiError> {
    let names = ["csrf", "action", "password", "code"];
    let (session, form) = match posted_by_any(&app, &request, (&body, &names)).await? {
        Ok(given) => given,
        Err(asked) => return Ok(asked),
    };
    let (id, t) = (session.moderator.id, session.t);
    let given = (form.owned("password").unwrap_or_default(), form.get("code").unwrap_or_default());
    let why = |refusal| Why::of(t, refusal, t.say("password-or-code-wrong"));
    match form.get("action") {
        Some("begin") => match accounts::begin_second_factor(&app, &session.signed).await {
            Ok(()) | Err(FlowError::AlreadyDecided) => Ok(see(ENROL)),
            Err(error) => Err(error.into()),
        },
        Some("confirm") => match accounts::confirm_second_factor(&app, &session.signed, given).await {
            Ok(codes) => Ok(shown(&session, t.say("factor-is-on"), &codes)),
            Err(refusal) => unconfirmed(&app, &session, why(refusal)?).await,
        },
        Some("codes") => match accounts::new_recovery_codes(&app, id, given).await {
            Ok(codes) => Ok(shown(&session, t.say("factor-new-codes"), &codes)),
            Err(refusal) => refused(&app, &session, ("factor", why(refusal)?)).await,
        },
        Some("off") => match accounts::stop_second_factor(&app, id, given).await {
            Ok(()) => Ok(see(&done("factor"))),
            Err(refusal) => refused(&app, &session, ("factor", why(refusal)?)).await,
        },
        _ => Err(ApiError::Malformed),
    }
}

async fn unconfirmed(app: &App, session: &Session, why: Why) -> Result<HttpResponse, ApiError> {
    match view(app, session, Some(why.text.clone())).await? {
        Some(page) => Ok(why.refuses(&page)),
        None => Ok(see(account::PAGE)),
    }
}

fn shown(session: &Session, title: Phrase, codes: &[RecoveryCode]) -> HttpResponse {
    html(&OncePage {
        t: session.t,
        bar: session.bar(),
        title: title.into(),
        lead: session.t.say("factor-codes-lead").into(),
        secrets: codes.iter().map(|secret| secret.reveal().to_owned()).collect(),
    })
}
