//! `POST /v1/sites/{site}/comments/{id}/reports`: what a reader reports about a published comment.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Data, Path},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::input::RawClient;
use crate::{
    domain::{
        ClientAddress, Code, CommentId, Email, Fault, Name, Notice, REPORT_CHARS, Report, ReportReason,
    },
    flow::{App, reports},
    http::{
        Shared, auth,
        body::JsonBody,
        error::ApiError,
        json::Object,
        limits,
        moderation::free_text,
        openapi::{Operation, operation},
        site,
    },
};

const MEMBERS: [&str; 9] =
    ["reason", "text", "law", "name", "email", "good_faith", "client", "client.ip", "client.user_agent"];

/// What was sent.
#[derive(Deserialize, ToSchema)]
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
        .answers::<Told>(202, "A moderator will look at it.")
        .refuses(&["origin-not-allowed"])
        .limited()
}

/// Takes a report in; the comment stays where it is until a moderator has looked.
pub async fn post(
    app: Data<App>,
    shared: Data<Shared>,
    request: HttpRequest,
    (path, body): (Path<(String, String)>, JsonBody),
) -> Result<HttpResponse, ApiError> {
    let site = site(&app, &path.0)?;
    auth::check_origin(&app, &request, Some(&site))?;
    let is_backend = match auth::backend(&app, &request)? {
        None => false,
        Some(of) if of == site.id => true,
        Some(_) => return Err(ApiError::Forbidden),
    };
    let comment: CommentId = path.1.parse().map_err(|_| ApiError::NotFound)?;
    let raw: Raw = body.read(&MEMBERS)?;
    let (report, stated) = raw.parse(is_backend)?;
    if let Some(client) = &stated {
        limits::passes_on_report(&app, &shared, (&request, &client.host_prefix())).await?;
    }
    let client = if is_backend { stated } else { Some(auth::client(&shared, &request)) };
    reports::report(&app, (&site, comment), client.as_ref(), &report).await?;
    Ok(HttpResponse::Accepted()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(Told { status: "received" }))
}

impl Raw {
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
