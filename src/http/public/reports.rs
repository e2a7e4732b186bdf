//! `POST /v1/sites/{site}/comments/{id}/reports`: what a reader reports about a published comment.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Data, Path},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{
    input::RawClient,
    report_page::{self, TypedReport},
};
use crate::{
    domain::{
        ClientAddress, Code, CommentId, Email, Fault, Name, Notice, REPORT_CHARS, Report, ReportReason,
    },
    flow::{App, reports},
    http::{
        Shared, auth,
        body::{AnyBody, FormBody},
        error::{ApiError, prefers_html},
        json::Object,
        limits,
        moderation::free_text,
        openapi::{Operation, one_of, operation},
        site,
    },
};

const MEMBERS: [&str; 9] =
    ["reason", "text", "law", "name", "email", "good_faith", "client", "client.ip", "client.user_agent"];

/// What was sent.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MakeReport)]
struct Raw {
    #[schema(value_type = ReportReason)]
    reason: Option<String>,
    /// In the reader's words.
    #[schema(max_length = 2000)]
    text: Option<String>,
    /// With `illegal`, and needed there: which law.
    #[schema(max_length = 2000)]
    law: Option<String>,
    /// With `illegal`, and needed there: who says so.
    #[schema(max_length = 100)]
    name: Option<String>,
    /// Where the reader can be answered; needed with `illegal`. Never published.
    #[schema(max_length = 254)]
    email: Option<String>,
    /// With `illegal`, and needed there: that what is said is believed to be true.
    good_faith: Option<bool>,
    /// From the site's backend alone: whom it speaks for.
    #[schema(value_type = Option<RawClient>)]
    client: Option<Object<RawClient>>,
}

/// That a report was taken in.
#[derive(Serialize, ToSchema)]
#[schema(as = Reported)]
struct Told {
    /// `received`, also where the same was reported from there before.
    status: &'static str,
}

/// What the document says of [`post`].
pub fn about_post() -> Operation {
    operation("report", "readers", "Reports a published comment to its moderators.")
        .note("From one client a comment is reported once: what is said again is answered the same and changes nothing.")
        .note("`illegal` is a notice (Regulation (EU) 2022/2065, article 16): it needs `law`, `name`, `email` and `good_faith`.")
        .by_anybody_or_site()
        .takes::<Raw>(json!({"reason": "abuse", "text": "It calls people names."}))
        .takes_form(&form_fields(), json!({"reason": "abuse", "text": "It calls people names."}))
        .answers::<Told>(202, "A moderator will look at it.")
        .answers_nothing(303, "The same, for a browser that posts a form.")
        .with(303, "Location")
        .refuses(&["origin-not-allowed"])
        .limited()
}

/// Takes a report in; the comment stays where it is until a moderator has looked.
pub async fn post(
    app: Data<App>,
    shared: Data<Shared>,
    request: HttpRequest,
    (path, body): (Path<(String, String)>, AnyBody),
) -> Result<HttpResponse, ApiError> {
    let site = site(&app, &path.0)?;
    auth::check_origin(&app, &request, Some(&site))?;
    let is_backend = match auth::backend(&app, &request)? {
        None => false,
        Some(of) if of == site.id => true,
        Some(_) => return Err(ApiError::Forbidden),
    };
    let comment: CommentId = path.1.parse().map_err(|_| ApiError::NotFound)?;
    let (raw, is_page) = match &body {
        AnyBody::Json(body) => (body.read(&MEMBERS)?, false),
        AnyBody::Form(body) => (Raw::from_form(body)?, prefers_html(&request)),
    };
    let (report, stated) = match raw.parse(is_backend) {
        Err(ApiError::Validation(faults)) if is_page => {
            return report_page::refused(&app, (&site, comment), (raw.typed(), &faults)).await;
        }
        parsed => parsed?,
    };
    if let Some(client) = &stated {
        limits::passes_on_report(&app, &shared, (&request, &client.host_prefix())).await?;
    }
    let client = if is_backend { stated } else { Some(auth::client(&shared, &request)) };
    reports::report(&app, (&site, comment), client.as_ref(), &report).await?;
    if is_page {
        return Ok(report_page::taken(&site, comment));
    }
    Ok(HttpResponse::Accepted()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(Told { status: "received" }))
}

/// The fields of the form for the document.
fn form_fields() -> [(&'static str, bool, Value); 6] {
    let text = |most: usize| json!({"type": "string", "maxLength": most});
    [
        ("reason", true, one_of(&ReportReason::ALL.map(ReportReason::name))),
        ("text", false, text(REPORT_CHARS)),
        ("email", false, text(254)),
        ("law", false, text(REPORT_CHARS)),
        ("name", false, text(100)),
        ("good_faith", false, one_of(&["true"])),
    ]
}

impl Raw {
    /// A form sends all of its fields, whatever the reason: empty ones were not meant.
    fn from_form(body: &FormBody) -> Result<Self, ApiError> {
        let form = body.read(&["reason", "text", "email", "law", "name", "good_faith"])?;
        let said = |name| form.owned(name).filter(|said: &String| !said.trim().is_empty());
        let (reason, law, good_faith) = (said("reason"), said("law"), said("good_faith"));
        let is_other = reason.as_deref().is_some_and(|reason| reason != ReportReason::Illegal.name());
        // a browser fills the name in by itself
        let has_name = !is_other || law.is_some() || good_faith.is_some();
        Ok(Self {
            text: said("text"),
            email: said("email"),
            name: said("name").filter(|_| has_name),
            good_faith: good_faith.map(|said| said == "true"),
            client: None,
            reason,
            law,
        })
    }

    fn typed(self) -> TypedReport {
        TypedReport {
            reason: self.reason.unwrap_or_default(),
            text: self.text.unwrap_or_default(),
            email: self.email.unwrap_or_default(),
            law: self.law.unwrap_or_default(),
            name: self.name.unwrap_or_default(),
            good_faith: self.good_faith == Some(true),
        }
    }

    /// Believes what is valid, and names all that is not.
    fn parse(&self, is_backend: bool) -> Result<(Report, Option<ClientAddress>), ApiError> {
        let mut faults = Vec::new();
        let reason = self.reason.as_deref().ok_or(Code::Required).and_then(ReportReason::parse);
        let reason = keep(&mut faults, reason.map_err(Fault::of("reason")));
        let text = keep(&mut faults, free_text("text", self.text.clone(), REPORT_CHARS)).flatten();
        let notice = if reason == Some(ReportReason::Illegal) { self.notice(&mut faults) } else { None };
        if reason.is_some_and(|reason| reason != ReportReason::Illegal) {
            let others = [("law", &self.law), ("name", &self.name)];
            let of_notices = others.into_iter().filter(|(_, said)| said.is_some()).map(|(field, _)| field);
            let all = of_notices.chain(self.good_faith.map(|_| "good_faith"));
            faults.extend(all.map(|field| Fault { field, code: Code::NotPermitted }));
        }
        let is_needed = reason == Some(ReportReason::Illegal);
        let email = match self.email.as_deref().filter(|raw| !raw.trim().is_empty()) {
            Some(raw) => keep(&mut faults, Email::parse(raw).map_err(Fault::of("email"))),
            None if is_needed => keep(&mut faults, Err(Fault { field: "email", code: Code::Required })),
            None => None,
        };
        let client = self.client(is_backend, &mut faults);
        match reason.filter(|_| faults.is_empty()) {
            Some(reason) => Ok((Report { reason, text, email, notice }, client)),
            None => Err(ApiError::Validation(faults)),
        }
    }

    fn notice(&self, faults: &mut Vec<Fault>) -> Option<Notice> {
        let law = free_text("law", self.law.clone(), REPORT_CHARS);
        let law = law.and_then(|law| law.ok_or(Fault { field: "law", code: Code::Required }));
        let law = keep(faults, law);
        let name = self.name.as_deref().ok_or(Code::Required).and_then(Name::parse);
        let name = keep(faults, name.map_err(Fault::of("name")));
        if self.good_faith != Some(true) {
            faults.push(Fault { field: "good_faith", code: Code::Required });
        }
        Some(Notice { law: law?, name: name? })
    }

    /// Only the site's own backend speaks for others.
    fn client(&self, is_backend: bool, faults: &mut Vec<Fault>) -> Option<ClientAddress> {
        let said = self.client.as_ref()?;
        if !is_backend {
            faults.push(Fault { field: "client", code: Code::NotPermitted });
            return None;
        }
        let ip = ClientAddress::parse(said.ip.as_deref()?);
        keep(faults, ip.ok_or(Fault { field: "client.ip", code: Code::UnknownValue }))
    }
}

fn keep<T>(faults: &mut Vec<Fault>, parsed: Result<T, Fault>) -> Option<T> {
    parsed.map_err(|fault| faults.push(fault)).ok()
}
