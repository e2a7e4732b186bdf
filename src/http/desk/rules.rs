//! What the pages of a site's rules do alike: who may see and set them, their frame, and trying them.

use std::{sync::Arc, time::Duration};

use actix_web::{HttpResponse, http::StatusCode};

use super::{
    account_pages::Said,
    act::Sent,
    html,
    pages::{Tab, TopBar},
    people_pages::Choice,
    rule_pages::{ChangeLine, Differing, ExampleLine, Frame, TrialPage},
    session::{Session, refuse},
    sites,
};
use crate::{
    domain::{Site, Status},
    flow::{
        App, FlowError,
        trial::{self, Cell, Report, Rules, Verdict},
        why::Reason,
    },
    http::{body::FormBody, error::ApiError, fields, view::Moment},
    store::RuleChange,
    texts::{Phrase, Texts},
};

/// The page of policies, which the bar leads to.
pub const POLICY: &str = "/desk/policy";
/// The page of word lists.
pub const WORDS: &str = "/desk/words";

const DAY: Duration = Duration::from_hours(24);
/// How far a test may look back, in days.
const SPANS: [u32; 3] = [7, 30, 90];
/// How far it does unless somebody says otherwise.
const USUAL: u32 = 30;
const DECIDED: [Status; 3] = [Status::Approved, Status::Rejected, Status::Spam];
const VERDICTS: [Verdict; 3] = [Verdict::Approve, Verdict::Hold, Verdict::Spam];
/// In what people and rules can differ, the worst first.
const DIFFERENCES: [(Status, Verdict); 4] = [
    (Status::Approved, Verdict::Spam),
    (Status::Rejected, Verdict::Approve),
    (Status::Spam, Verdict::Approve),
    (Status::Approved, Verdict::Hold),
];

/// What somebody wants done with the rules that they typed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// They shall be in force.
    Save,
    /// They shall be tried, as far back as so many days.
    Test(u32),
    /// They are typed on.
    Edit,
}

/// What a form wishes. Only those who edit have one.
pub fn wish(sent: &Sent) -> Result<Wish, ApiError> {
    if !sent.session.moderator.role.edits() {
        return Err(FlowError::Forbidden.into());
    }
    match sent.form.get("action") {
        Some("save") => Ok(Wish::Save),
        Some("test") => Ok(Wish::Test(days(sent.form.get("days"))?)),
        Some("edit") => Ok(Wish::Edit),
        _ => Err(ApiError::Malformed),
    }
}

fn days(typed: Option<&str>) -> Result<u32, ApiError> {
    let Some(typed) = typed else { return Ok(USUAL) };
    SPANS.into_iter().find(|days| days.to_string() == typed).ok_or(ApiError::Malformed)
}

/// The address of a page that says what was done.
pub fn saved(page: &str, site: &Site) -> String {
    format!("{page}?site={}&done=saved", site.key.as_str())
}

/// The bar; that of policies stands for all rules.
pub fn bar(session: &Session) -> TopBar {
    TopBar { here: POLICY.to_owned(), ..session.bar() }
}

/// What stands around the rules of a page.
pub fn frame(
    (app, session): (&App, &Session),
    (page, site): (&str, &Arc<Site>),
    (changes, tested): (&[RuleChange], Option<&str>),
) -> Frame {
    let (t, now) = (session.t, app.clock.now());
    let part = |label: Phrase, url: &str| Tab {
        label: label.into(),
        url: format!("{url}?site={}", site.key.as_str()),
        current: url == page,
        count: None,
    };
    let change = |change: &RuleChange| ChangeLine {
        version: change.version,
        at: Moment::told(t, change.at, now),
        by: change.by.clone(),
    };
    let chosen = days(tested).unwrap_or(USUAL);
    let span = |days: u32| Choice {
        value: days.to_string(),
        label: t.days(days.into()).into(),
        is_chosen: days == chosen,
    };
    Frame {
        parts: vec![part(t.say("rules-policy"), POLICY), part(t.say("rules-words"), WORDS)],
        tabs: sites::tabs((app, session), site, page),
        site: site.key.as_str().to_owned(),
        can_set: session.moderator.role.edits(),
        said: None,
        is_late: false,
        changes: changes.iter().map(change).collect(),
        days: SPANS.map(span).to_vec(),
    }
}

/// Why a page is shown again, with its status.
pub enum Again {
    /// To be typed on.
    Edited,
    /// Something is wrong with it.
    Refused,
    /// Somebody else was first.
    Late,
}

impl Again {
    /// Tells it on the page.
    pub fn on(&self, t: Texts, frame: &mut Frame) {
        let text = match self {
            Self::Edited => return,
            Self::Refused => t.say("rules-refused"),
            Self::Late => t.say("rules-conflict"),
        };
        frame.is_late = matches!(self, Self::Late);
        frame.said = Some(Said { part: "rules", text: text.into(), is_good: false });
    }

    /// The page as an answer.
    pub fn answer(&self, page: &impl askama::Template) -> HttpResponse {
        match self {
            Self::Edited => html(page),
            Self::Refused => refuse(page, StatusCode::UNPROCESSABLE_ENTITY),
            Self::Late => refuse(page, StatusCode::CONFLICT),
        }
    }
}

/// Says that it was done.
pub fn done(t: Texts, said: Option<&str>) -> Option<Said> {
    let is_saved = said == Some("saved");
    is_saved.then(|| Said { part: "rules", text: t.say("rules-saved").into(), is_good: true })
}

/// What was typed, to be sent again.
pub fn typed(body: &FormBody, known: &[&str]) -> Result<Vec<(String, String)>, ApiError> {
    let mut pairs = fields::pairs_of(body.bytes())?;
    pairs.retain(|(name, _)| known.contains(&name.as_str()) && name != "csrf" && name != "action");
    Ok(pairs)
}

/// Tries rules on what people decided; a page with what came of it. None when the word lists are too large.
pub async fn test(
    app: &App,
    session: &Session,
    (site, rules): (&Arc<Site>, &Rules),
    (page, typed, days): (&'static str, Vec<(String, String)>, u32),
) -> Result<Option<HttpResponse>, ApiError> {
    let since = app.clock.now().minus(DAY * days);
    let Some(report) = trial::run(app, site, (rules, since), |_| ()).await? else { return Ok(None) };
    let t = session.t;
    Ok(Some(html(&TrialPage {
        t,
        bar: bar(session),
        site: site.name.clone(),
        page,
        typed,
        span: t.days(days.into()).into(),
        judged: report.judged,
        most: report.is_cut.then_some(trial::MOST),
        rows: DECIDED
            .map(|decided| (status(t, decided), VERDICTS.map(|verdict| report.count(decided, verdict))))
            .to_vec(),
        silenced: report.silenced(),
        let_through: report.let_through(),
        kinds: kinds(t, &report),
    })))
}

fn status(t: Texts, decided: Status) -> String {
    match decided {
        Status::Rejected => t.say("trial-rejected"),
        Status::Spam => t.say("trial-spam"),
        _ => t.say("trial-approved"),
    }
    .into()
}

fn kinds(t: Texts, report: &Report) -> Vec<Differing> {
    let title = |cell: &Cell| match (cell.decided, cell.verdict) {
        (Status::Approved, Verdict::Spam) => t.say("trial-approved-as-spam"),
        (Status::Approved, _) => t.say("trial-approved-held"),
        (Status::Rejected, _) => t.say("trial-rejected-published"),
        _ => t.say("trial-spam-published"),
    };
    let differing = |cell: &Cell| Differing {
        title: title(cell).into(),
        count: cell.count,
        examples: cell.examples.iter().map(|example| line(t, example)).collect(),
    };
    let found = DIFFERENCES.iter().filter_map(|(decided, verdict)| report.cell(*decided, *verdict));
    found.map(differing).collect()
}

fn line(t: Texts, example: &trial::Example) -> ExampleLine {
    let found = |finding: &trial::Finding| Reason {
        label: t.finding(finding.code).into(),
        term: finding.term.clone(),
        written: None,
    };
    ExampleLine {
        author: example.author.clone(),
        excerpt: example.excerpt.clone(),
        url: format!("/desk/comments/{}", example.id),
        findings: example.findings.iter().map(found).collect(),
    }
}
