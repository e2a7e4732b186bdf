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
    texts::Texts,
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
    match read(session.t, &fields) {
        Ok(mail) => {
            accounts::set_mail(&app, session.moderator.id, &mail).await?;
            Ok(see(&format!("{PAGE}?done=mail#mail")))
        }
        Err(form) => {
            let text = session.t.say("mail-form-refused").to_string();
            let said = Said { part: "mail", text, is_good: false };
            refused_with(&app, &session, (said, Some(*form))).await
        }
    }
}

/// What was typed, or the form with all that is wrong.
fn read(t: Texts, fields: &Fields) -> Result<MailSettings, Box<MailForm>> {
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
        (false, true) => Err(("quiet_to", t.say("mail-form-until-fault"))),
        (true, false) => Err(("quiet_from", t.say("mail-form-from-fault"))),
        (false, false) => QuietHours::between(from, to)
            .map(Some)
            .ok_or_else(|| ("quiet_to", t.say("mail-form-quiet-fault"))),
    };
    let zone = Zone::parse(&form.time_zone);
    if let (Some(mode), Some(digest), Ok(quiet), Some(zone)) = (mode, digest, &quiet, zone) {
        return Ok(MailSettings { mode, digest, quiet: *quiet, zone });
    }
    let wrong = [
        mode.is_none().then(|| ("mode", t.say("mail-form-mode-fault"))),
        digest.is_none().then(|| ("digest_minutes", t.say("mail-form-minutes-fault"))),
        quiet.err(),
        zone.is_none().then(|| ("time_zone", t.say("mail-form-zone-fault"))),
    ];
    form.errors = wrong.into_iter().flatten().map(|(field, why)| (field, why.to_string())).collect();
    Err(Box::new(form))
}
