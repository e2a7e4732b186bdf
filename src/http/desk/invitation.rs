//! Where somebody who was invited sets their password. Opening the link changes nothing, whoever or
//! whatever opens it.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::{Data, Path},
};
use askama::Template;

use super::{
    account::chosen,
    account_pages::InvitationPage,
    html,
    pages::DeskMessagePage,
    see,
    session::{door_csrf, is_from_the_door, refuse},
};
use crate::{
    flow::{
        App,
        accounts::{self, Invitation},
    },
    http::{auth, body::FormBody, cookies, error::ApiError, language::texts, view::Link},
    texts::{Phrase, Texts},
};

/// `GET /desk/invitations/{token}`
pub async fn page(
    app: Data<App>,
    request: HttpRequest,
    path: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let t = texts(&request);
    match accounts::read_invitation(&app, &path).await? {
        Some(invitation) => Ok(html(&view(&app, t, (&path, &invitation), None))),
        None => Ok(over(t)),
    }
}

fn view(
    app: &App,
    t: Texts,
    (token, invitation): (&str, &Invitation),
    error: Option<Phrase>,
) -> InvitationPage {
    InvitationPage {
        t,
        action: format!("/desk/invitations/{token}"),
        csrf: door_csrf(app),
        name: invitation.moderator.name.clone(),
        email: invitation.moderator.email.clone(),
        is_reset: invitation.moderator.password_hash.is_some(),
        error: error.map(String::from),
    }
}

/// `POST /desk/invitations/{token}`
pub async fn accept(
    app: Data<App>,
    request: HttpRequest,
    (path, body): (Path<String>, FormBody),
) -> Result<HttpResponse, ApiError> {
    auth::check_origin(&app, &request, None)?;
    let (form, t) = (body.read(&["csrf", "password", "again"])?, texts(&request));
    let Some(invitation) = accounts::read_invitation(&app, &path).await? else { return Ok(over(t)) };
    let again =
        |why| refuse(&view(&app, t, (&path, &invitation), Some(why)), StatusCode::UNPROCESSABLE_ENTITY);
    if !is_from_the_door(&app, form.get("csrf")) {
        return Ok(again(t.say("form-too-old")));
    }
    let (person, text) = (&invitation.moderator, |name| form.get(name).unwrap_or_default());
    let password = match chosen(t, (text("password"), text("again")), (&person.name, &person.email)) {
        Ok(password) => password,
        Err(why) => return Ok(again(why)),
    };
    if !accounts::accept(&app, &invitation, password).await? {
        return Ok(over(t));
    }
    let mut answer = see("/desk/sign-in?welcome=1");
    let (device, life) = accounts::known_device(&app, invitation.moderator.id);
    cookies::know(&app, &mut answer, (&device, life))?;
    Ok(answer)
}

/// The same for a link that was used, that is too old, and that never was one.
fn over(t: Texts) -> HttpResponse {
    let page = DeskMessagePage {
        t,
        bar: None,
        status: StatusCode::GONE.as_u16(),
        title: t.say("invitation-over").into(),
        text: t.say("invitation-over-text").into(),
        link: Some(Link::new(t.say("invitation-over-link"), "/desk/sign-in")),
    };
    HttpResponse::Gone()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("text/html; charset=utf-8")
        .body(page.render().unwrap_or_default())
}
