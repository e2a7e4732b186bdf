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
    http::{auth, body::FormBody, cookies, error::ApiError, view::Link},
};

/// `GET /desk/invitations/{token}`
pub async fn page(app: Data<App>, path: Path<String>) -> Result<HttpResponse, ApiError> {
    match accounts::read_invitation(&app, &path).await? {
        Some(invitation) => Ok(html(&view(&app, (&path, &invitation), None))),
        None => Ok(over()),
    }
}

fn view(app: &App, (token, invitation): (&str, &Invitation), error: Option<&str>) -> InvitationPage {
    InvitationPage {
        action: format!("/desk/invitations/{token}"),
        csrf: door_csrf(app),
        name: invitation.moderator.name.clone(),
        email: invitation.moderator.email.clone(),
        is_reset: invitation.moderator.password_hash.is_some(),
        error: error.map(str::to_owned),
    }
}

/// `POST /desk/invitations/{token}`
pub async fn accept(
    app: Data<App>,
    request: HttpRequest,
    (path, body): (Path<String>, FormBody),
) -> Result<HttpResponse, ApiError> {
    auth::check_origin(&app, &request, None)?;
    let form = body.read(&["csrf", "password", "again"])?;
    let Some(invitation) = accounts::read_invitation(&app, &path).await? else { return Ok(over()) };
    let again = |why| refuse(&view(&app, (&path, &invitation), Some(why)), StatusCode::UNPROCESSABLE_ENTITY);
    if !is_from_the_door(&app, form.get("csrf")) {
        return Ok(again("This page was open for too long. Please try again."));
    }
    let (person, text) = (&invitation.moderator, |name| form.get(name).unwrap_or_default());
    let password = match chosen((text("password"), text("again")), (&person.name, &person.email)) {
        Ok(password) => password,
        Err(why) => return Ok(again(why)),
    };
    if !accounts::accept(&app, &invitation, password).await? {
        return Ok(over());
    }
    let mut answer = see("/desk/sign-in?welcome=1");
    let (device, life) = accounts::known_device(&app, invitation.moderator.id);
    cookies::know(&app, &mut answer, (&device, life))?;
    Ok(answer)
}

/// The same for a link that was used, that is too old, and that never was one.
fn over() -> HttpResponse {
    let page = DeskMessagePage {
        bar: None,
        status: StatusCode::GONE.as_u16(),
        title: "This link works no more".to_owned(),
        text: "It was used, it is older than seven days, or a newer one was sent. Ask for a new invitation if you \
               cannot sign in."
            .to_owned(),
        link: Some(Link::new("Sign in", "/desk/sign-in")),
    };
    HttpResponse::Gone()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("text/html; charset=utf-8")
        .body(page.render().unwrap_or_default())
}
