//! The canned reasons of a site as a page: for all moderators to read, for editors to set.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};
use askama::Template;
use std::sync::Arc;

use super::{
    act::Sent,
    html,
    pages::{Tab, TopBar},
    see,
    session::{self, Session},
    sites,
};
use crate::{
    domain::{Basis, CannedReason, Code, Fault, REASONS, Site},
    flow::{App, FlowError, reasons},
    http::{body::FormBody, error::ApiError, fields::Fields, query::Query},
    texts::{Phrase, Texts},
};

/// The reasons of one site.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/reasons.html")]
pub struct ReasonsPage {
    /// The language of the page.
    pub t: Texts,
    /// Who is signed in.
    pub bar: TopBar,
    /// The sites that they see, when there are several.
    pub tabs: Vec<Tab>,
    /// The key of the site that is shown.
    pub site: String,
    /// The reasons, in the order in which cards show them.
    pub reasons: Vec<KeptReason>,
    /// A new one; none for those who only read, and where there are as many as there may be.
    pub new: Option<ReasonForm>,
    /// Whether the reasons can be changed here.
    pub can_set: bool,
    /// What the last action did.
    pub notice: Option<String>,
}

/// A reason as it is kept, and the form that changes it, which holds what was typed when that was refused.
#[derive(Clone, Debug)]
pub struct KeptReason {
    /// What commenters read.
    pub text: String,
    /// Whether it rests on the law; else on the site's terms.
    pub is_law: bool,
    /// To change it.
    pub form: ReasonForm,
}

impl KeptReason {
    fn of(reason: &CannedReason) -> Self {
        let form = ReasonForm::of(reason);
        Self { text: form.text.clone(), is_law: form.is_law, form }
    }
}

/// Posts `action` (`save`, `remove`), `csrf`, `site`, `code`, `text` and `basis`.
#[derive(Clone, Debug, Default)]
pub struct ReasonForm {
    /// Its name in requests.
    pub code: String,
    /// What the commenter reads.
    pub text: String,
    /// Whether it rests on the law; else on the site's terms.
    pub is_law: bool,
    /// What was wrong with what was typed, by field.
    pub errors: Vec<(&'static str, String)>,
}

impl ReasonForm {
    fn of(reason: &CannedReason) -> Self {
        Self {
            code: reason.code().to_owned(),
            text: reason.text().to_owned(),
            is_law: reason.basis() == Basis::Law,
            errors: Vec::new(),
        }
    }

    fn error(&self, field: &str) -> Option<&str> {
        self.errors.iter().find(|(of, _)| *of == field).map(|(_, message)| message.as_str())
    }
}

/// `GET /desk/reasons`
pub async fn page(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let Some(session) = Session::of(&app, &request).await? else { return Ok(session::ask(request.path())) };
    if !session.moderator.role.moderates() {
        return Err(FlowError::Forbidden.into());
    }
    let query = Query::of(&request, &["site", "done"])?;
    let site = sites::site(&app, &session, query.get("site"))?;
    let notice = match query.get("done") {
        Some("saved") => Some(session.t.say("reasons-saved")),
        Some("removed") => Some(session.t.say("reasons-removed")),
        _ => None,
    };
    Ok(html(&shown(&app, &session, &site, (None, notice))))
}

/// `POST /desk/reasons`
pub async fn act(app: Data<App>, request: HttpRequest, body: FormBody) -> Result<HttpResponse, ApiError> {
    let known = ["csrf", "action", "site", "code", "text", "basis"];
    let sent = match Sent::of(&app, &request, (&body, &known), "/desk/reasons").await? {
        Ok(sent) => sent,
        Err(asked) => return Ok(asked),
    };
    let site = sites::site(&app, &sent.session, sent.form.get("site"))?;
    let by = (&sent.session.moderator, "desk");
    let here = |done: &str| format!("/desk/reasons?site={}&done={done}", site.key.as_str());
    match sent.form.get("action") {
        Some("remove") => {
            let code = sent.form.get("code").unwrap_or_default();
            let without =
                |list: Vec<CannedReason>| list.into_iter().filter(|reason| reason.code() != code).collect();
            reasons::set(&app, by, &site, without).await?;
            Ok(see(&here("removed")))
        }
        Some("save") => {
            if !sent.session.moderator.role.edits() {
                return Err(FlowError::Forbidden.into());
            }
            let reason = match parsed(&sent.form) {
                Ok(reason) => reason,
                Err(faults) => return Ok(refused(&app, &sent, &site, &faults)),
            };
            match reasons::set(&app, by, &site, |list| with(list, &reason)).await? {
                Some(_) => Ok(see(&here("saved"))),
                None => Ok(refused(&app, &sent, &site, &[Fault { field: "code", code: Code::TooLong }])),
            }
        }
        _ => Err(ApiError::Malformed),
    }
}

fn parsed(form: &Fields) -> Result<CannedReason, Vec<Fault>> {
    let value = |field| form.get(field).unwrap_or_default();
    CannedReason::parse(value("code").trim(), value("text"), value("basis"))
}

/// The list with this reason in the place of the one of its code, or at its end.
fn with(mut list: Vec<CannedReason>, reason: &CannedReason) -> Vec<CannedReason> {
    match list.iter_mut().find(|known| known.code() == reason.code()) {
        Some(known) => *known = reason.clone(),
        None => list.push(reason.clone()),
    }
    list
}

/// The page again, with what was typed.
fn refused(app: &App, sent: &Sent, site: &Arc<Site>, faults: &[Fault]) -> HttpResponse {
    let value = |field| sent.form.owned(field).unwrap_or_default();
    let t = sent.session.t;
    let message = |fault: &Fault| match (fault.field, fault.code) {
        ("code", Code::NotAnId) => t.say("reason-code-fault"),
        ("code", Code::TooLong) => t.say("reason-code-long"),
        ("text", Code::TooLong) => t.say("reason-text-long"),
        (field, code) => t.fault(field, code),
    };
    let typed = ReasonForm {
        code: value("code"),
        text: value("text"),
        is_law: value("basis") == Basis::Law.name(),
        errors: faults.iter().map(|fault| (fault.field, message(fault).into())).collect(),
    };
    let mut page = html(&shown(app, &sent.session, site, (Some(typed), None)));
    *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    page
}

fn shown(
    app: &App,
    session: &Session,
    site: &Arc<Site>,
    (typed, notice): (Option<ReasonForm>, Option<Phrase>),
) -> ReasonsPage {
    // as it is after what this request may have done
    let site = app.sites.get(site.id).unwrap_or_else(|| site.clone());
    let can_set = session.moderator.role.edits();
    let mut reasons: Vec<KeptReason> = site.policy.reasons.iter().map(KeptReason::of).collect();
    let mut new = (can_set && reasons.len() < REASONS).then(ReasonForm::default);
    if let Some(typed) = typed {
        match reasons.iter_mut().find(|kept| kept.form.code == typed.code) {
            Some(kept) => kept.form = typed,
            None => new = Some(typed),
        }
    }
    let tabs = sites::tabs((app, session), &site, "/desk/reasons");
    ReasonsPage {
        t: session.t,
        bar: session.bar(),
        tabs,
        site: site.key.as_str().to_owned(),
        reasons,
        new,
        can_set,
        notice: notice.map(String::from),
    }
}
