//! How somebody wants their mail: the form of "Your account".

use actix_web::{HttpRequest, HttpResponse, web::Data};

use super::{
    account::{PAGE, posted, refused_with},
    account_pages::{MailForm, Said},
    see,
};
use crate::{
    domain::{DigestEvery, MailMode, MailSettings, QuietHours, Zone},
    flow::{App, accounts},
    http::{body::FormBody, error::ApiError, fields::Fields},
};

const FIELDS: [&str; 6] = ["csrf", "mode", "digest_minutes", "quiet_from", "quiet_to", "time_zone"];

/// The form as it stands.
pub(super) fn form(mail: &MailSettings) -> MailForm {
    let (quiet_from, quiet_to) = mail.quiet.map(QuietHours::times).unwrap_or_default();
    MailForm {
        mode: mail.mode.name().to_owned(),
        digest_minutes: mail.digest.minutes().to_string(),
        quiet_from,
        quiet_to,
        time_zone: mail.zone.name().to_owned(),
        errors: Vec::new(),
    }
}

/// `POST /desk/account/mail`
pub async fn save(app: Data<App>, request: HttpRequest, body: FormBody) -> Result<HttpResponse, ApiError> {
    let (session, fields) = match posted(&app, &request, (&body, &FIELDS)).await? {
        Ok(given) => given,
        Err(asked) => return Ok(asked),
    };
    if session.must_enrol || !session.moderator.role.moderates() {
        return Err(ApiError::Forbidden);
    }
    match read(&fields) {
        Ok(mail) => {
            accounts::set_mail(&app, session.moderator.id, &mail).await?;
            Ok(see(&format!("{PAGE}?done=mail#mail")))
        }
        Err(form) => {
            let text = "Nothing was saved yet. Please look at what is marked below.".to_owned();
            let said = Said { part: "mail", text, is_good: false };
            refused_with(&app, &session, (said, Some(*form))).await
        }
    }
}

/// What was typed, or the form with all that is wrong.
fn read(fields: &Fields) -> Result<MailSettings, Box<MailForm>> {
    let typed = |name| fields.get(name).unwrap_or_default().trim().to_owned();
    let mut form = MailForm {
        mode: typed("mode"),
        digest_minutes: typed("digest_minutes"),
        quiet_from: typed("quiet_from"),
        quiet_to: typed("quiet_to"),
        time_zone: typed("time_zone"),
        errors: Vec::new(),
    };
    let mode = MailMode::parse(&form.mode);
    let digest = form.digest_minutes.parse().ok().and_then(DigestEvery::parse);
    let (from, to) = (form.quiet_from.as_str(), form.quiet_to.as_str());
    let quiet = match (from.is_empty(), to.is_empty()) {
        (true, true) => Ok(None),
        (false, true) => Err(("quiet_to", "Please say until when, or leave both empty.")),
        (true, false) => Err(("quiet_from", "Please say from when, or leave both empty.")),
        (false, false) => QuietHours::between(from, to)
            .map(Some)
            .ok_or(("quiet_to", "Please give two different times, such as 22:00 and 07:00.")),
    };
    let zone = Zone::parse(&form.time_zone);
    if let (Some(mode), Some(digest), Ok(quiet), Some(zone)) = (mode, digest, quiet, zone) {
        return Ok(MailSettings { mode, digest, quiet, zone });
    }
    let wrong = [
        mode.is_none().then_some(("mode", "Please choose one of the three.")),
        digest.is_none().then_some(("digest_minutes", "Please give 5 to 1,440 minutes.")),
        quiet.err(),
        zone.is_none().then_some(("time_zone", "Please give a place such as Europe/Berlin, or UTC.")),
    ];
    form.errors = wrong.into_iter().flatten().collect();
    Err(Box::new(form))
}
