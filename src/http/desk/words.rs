//! The word lists of a site as a page: for all moderators to read, for editors to set and to try.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web::Data};

use super::{
    act::Sent,
    html,
    rule_pages::{ListField, WordsPage},
    rules::{self as pages, Again, WORDS, Wish},
    see,
    session::{self, Session},
    sites,
};
use crate::{
    domain::{Code, LIST_CHARS, Site, TERM_CHARS, TERMS, Term, TermList},
    flow::{
        App, FlowError, rules,
        trial::{self, Rules},
    },
    http::{body::FormBody, error::ApiError, query::Query},
    store::WordsRow,
    texts::{Phrase, Texts},
};

/// What the form may say.
const KNOWN: [&str; 7] = ["csrf", "action", "site", "version", "days", "hold", "spam"];
/// Lines of a list that are named as wrong at one time.
const NAMED: usize = 5;

/// `GET /desk/words`
pub async fn page(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let Some(session) = Session::of(&app, &request).await? else { return Ok(session::ask(WORDS)) };
    if !session.moderator.role.moderates() {
        return Err(FlowError::Forbidden.into());
    }
    let query = Query::of(&request, &["site", "done"])?;
    let site = sites::site(&app, &session, query.get("site"))?;
    let mut page = view(&app, &session, &site, (None, None)).await?;
    page.frame.said = pages::done(session.t, query.get("done"));
    Ok(html(&page))
}

/// `POST /desk/words`: `action` is `save`, `test` or `edit`, all with both lists.
pub async fn act(app: Data<App>, request: HttpRequest, body: FormBody) -> Result<HttpResponse, ApiError> {
    let sent = match Sent::of(&app, &request, (&body, &KNOWN), WORDS).await? {
        Ok(sent) => sent,
        Err(asked) => return Ok(asked),
    };
    let (session, t) = (&sent.session, sent.session.t);
    let wish = pages::wish(&sent)?;
    let site = sites::site(&app, session, sent.form.get("site"))?;
    let version = sent.form.get("version").and_then(|raw| raw.parse().ok()).ok_or(ApiError::Malformed)?;
    let value = |name| sent.form.owned(name).unwrap_or_default();
    let mut lists = both(t, [value("hold"), value("spam")]);
    let parsed = match (parse(t, &mut lists[0]), parse(t, &mut lists[1])) {
        (Some(hold), Some(spam)) => Some((hold, spam)),
        _ => None,
    };
    let again = match (wish, parsed) {
        (Wish::Edit, _) => Again::Edited,
        (_, None) => Again::Refused,
        (Wish::Save, Some((hold, spam))) => {
            let by = (&session.moderator, "desk");
            match rules::set_words(&app, by, &site, (version, &hold, &spam)).await {
                Ok(Some(_)) => return Ok(see(&pages::saved(WORDS, &site))),
                Ok(None) => too_large(t, &mut lists),
                Err(FlowError::VersionConflict) => Again::Late,
                Err(error) => return Err(error.into()),
            }
        }
        (Wish::Test(days), Some((hold, spam))) => {
            let trial = Rules { hold, spam, ..trial::in_force(&app, &site).await? };
            let typed = pages::typed(&body, &KNOWN)?;
            match pages::test(&app, session, (&site, &trial), (WORDS, typed, days)).await? {
                Some(page) => return Ok(page),
                None => too_large(t, &mut lists),
            }
        }
    };
    let mut page = view(&app, session, &site, (Some((version, lists)), sent.form.get("days"))).await?;
    if matches!(again, Again::Late) {
        // whoever saves again has seen what is in force
        page.version = page.frame.changes.first().map_or(0, |change| change.version);
    }
    again.on(t, &mut page.frame);
    Ok(again.answer(&page))
}

fn too_large(t: Texts, [hold, _]: &mut [ListField; 2]) -> Again {
    hold.faults.push(t.say("words-fault-large").into());
    Again::Refused
}

async fn view(
    app: &App,
    session: &Session,
    site: &Arc<Site>,
    (typed, days): (Option<(i64, [ListField; 2])>, Option<&str>),
) -> Result<WordsPage, ApiError> {
    let words = rules::words(app, &session.moderator, site).await?;
    let WordsRow { hold, spam } = &words.rules;
    let kept = both(session.t, [hold.join("\n"), spam.join("\n")]);
    let ((version, lists), in_force) = match typed {
        Some(typed) => (typed, Some(kept)),
        None => ((words.version, kept), None),
    };
    Ok(WordsPage {
        t: session.t,
        bar: pages::bar(session),
        frame: pages::frame((app, session), (WORDS, site), (&words.changes, days)),
        version,
        lists,
        in_force,
    })
}

/// Both lists as a form has them.
fn both(t: Texts, [hold, spam]: [String; 2]) -> [ListField; 2] {
    let list = |name, label: Phrase, text: String| ListField {
        name,
        label: label.into(),
        count: text.lines().filter(|line| !line.trim().is_empty()).count(),
        text,
        faults: Vec::new(),
    };
    [list("hold", t.say("words-hold"), hold), list("spam", t.say("words-spam"), spam)]
}

/// The terms that were typed, one a line; or none, and the list says which of its lines are wrong.
fn parse(t: Texts, list: &mut ListField) -> Option<TermList> {
    let bad = match TermList::parse(list.text.lines()) {
        Ok(terms) => return Some(terms),
        Err(bad) => bad,
    };
    let lines = list.text.lines().enumerate().skip(bad.index).filter(|(_, line)| !line.trim().is_empty());
    let wrong = lines.filter_map(|(at, line)| Some((at + 1, Term::parse(line).err()?)));
    let mut faults: Vec<String> = wrong.take(NAMED).map(|(line, code)| fault(t, line, code).into()).collect();
    if faults.is_empty() {
        let line = bad.index + 1;
        let text =
            t.say("words-fault-many").with("line", line).with("terms", TERMS).with("chars", LIST_CHARS);
        faults.push(text.into());
    }
    list.faults = faults;
    None
}

fn fault(t: Texts, line: usize, code: Code) -> Phrase {
    match code {
        Code::TooLong => t.say("words-fault-long").with("line", line).with("most", TERM_CHARS),
        Code::ControlCharacter => t.say("words-fault-control").with("line", line),
        _ => t.say("words-fault-empty").with("line", line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_is_too_long_names_the_line_at_which_it_is() {
        let long: Vec<String> = (0..=LIST_CHARS / 200).map(|n| format!("\r\n{n:0>200}")).collect();
        let [mut hold, _] = both(Texts::default(), [long.concat(), String::new()]);
        assert_eq!(parse(Texts::default(), &mut hold), None);
        assert!(hold.faults[0].starts_with("Line 10,002: this is one too many."), "{:?}", hold.faults);
    }

    #[test]
    fn only_the_first_lines_that_are_wrong_are_named() {
        let [mut hold, _] = both(Texts::default(), ["*\r\n".repeat(9), String::new()]);
        assert!(parse(Texts::default(), &mut hold).is_none() && hold.faults.len() == NAMED);
    }
}
