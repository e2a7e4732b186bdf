//! The pages about the people at the desk themselves.

use replydesk::{
    domain::{Mark, Role, Scope, Timestamp},
    http::desk::{account_pages::*, pages::SignInPage, people_pages::*},
};

use super::samples::{Hostile, bar, moment, render, texts};

fn session(browser: &str, minutes: i64, is_this: bool) -> SessionLine {
    SessionLine {
        mark: Mark::of(&format!("mark{minutes}")),
        browser: browser.to_owned(),
        begun: moment(minutes),
        used: (!is_this).then(|| moment(minutes / 2)),
        is_this,
    }
}

fn token(name: &str, is_over: bool) -> TokenLine {
    TokenLine {
        mark: Mark::of("mark"),
        name: name.to_owned(),
        scope: if is_over { Scope::All } else { Scope::Read },
        ends: Timestamp::parse(if is_over { "2026-11-01T12:00:00Z" } else { "2027-02-21T12:00:00Z" }),
        is_over,
        used: is_over.then(|| moment(90_000)),
    }
}

fn mail(wrong: bool) -> MailForm {
    let errors: &[(_, &str)] = if wrong {
        &[
            ("mode", "Choose."),
            ("digest_minutes", "More."),
            ("quiet_to", "Until when?"),
            ("time_zone", "Where?"),
        ]
    } else {
        &[]
    };
    let typed = |good: &str| if wrong { Hostile::NAME.to_owned() } else { good.to_owned() };
    MailForm {
        mode: typed("digest"),
        digest_minutes: typed("60"),
        quiet_from: "22:00".to_owned(),
        quiet_to: typed("07:00"),
        time_zone: typed("Europe/Berlin"),
        errors: errors.iter().map(|(field, why)| (*field, (*why).to_owned())).collect(),
    }
}

fn account(said: Option<Said>, factor: Factor) -> AccountPage {
    AccountPage {
        t: texts(),
        mail: Some(mail(said.as_ref().is_some_and(|said| said.part == "mail"))),
        bar: bar("Nora Lind"),
        email: "nora@gazette.example".to_owned(),
        sites: vec!["The Gazette".to_owned(), Hostile::NAME.to_owned()],
        said,
        factor,
        sessions: vec![session("Firefox on Linux", 3, true), session("Chrome on Android", 3_000, false)],
        tokens: vec![token("Figures for the morning meeting", false), token(Hostile::NAME, true)],
        token_name: Hostile::NAME.to_owned(),
        token_may_all: true,
        token_days: Hostile::NAME.to_owned(),
    }
}

fn said(part: &'static str, is_good: bool) -> Said {
    Said { part, text: Hostile::NAME.to_owned(), is_good }
}

fn choice(label: &str, is_chosen: bool) -> Choice {
    Choice { value: "value".to_owned(), label: label.to_owned(), is_chosen }
}

fn form(suffix: &str, fault: Option<&'static str>) -> PersonForm {
    PersonForm {
        suffix: suffix.to_owned(),
        name: Hostile::NAME.to_owned(),
        roles: vec![choice("Moderator: reads the queue and decides", false), choice("Editor", true)],
        sites: vec![choice("The Gazette", true), choice(Hostile::NAME, false)],
        may_be_everywhere: true,
        is_everywhere: false,
        fault: fault.map(|field| FieldFault { field, text: Hostile::NAME.to_owned() }),
    }
}

fn person((name, state): (&str, Option<&str>), is_self: bool, fault: Option<&'static str>) -> PersonLine {
    PersonLine {
        id: format!("id-{}", name.len()),
        version: 3,
        name: name.to_owned(),
        email: "nora@gazette.example".to_owned(),
        role: Role::Editor,
        is_everywhere: is_self,
        bound_to: Hostile::NAME.to_owned(),
        has_second_factor: !is_self,
        state: state.map(str::to_owned),
        seen: is_self.then(|| moment(5)),
        is_self,
        form: form(&format!("-id-{}", name.len()), fault),
    }
}

fn people(said: Option<Said>, faults: [Option<&'static str>; 2]) -> PeoplePage {
    let [of_one, of_new] = faults;
    PeoplePage {
        t: texts(),
        bar: bar("Nora Lind"),
        said,
        people: vec![
            person(("Nora Lind", None), true, None),
            person((Hostile::NAME, Some("Invited")), false, of_one),
        ],
        add: form("", of_new),
        typed_email: Hostile::NAME.to_owned(),
    }
}

pub(crate) fn pages() -> Vec<(&'static str, String)> {
    let key = KeyView {
        text: "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ".to_owned(),
        uri: "otpauth://totp/Replydesk:nora?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ".to_owned(),
        picture: Picture { side: 29, path: "M4 4h7v1h-7z".to_owned() },
    };
    let factor = |key, is_required, error: Option<&str>| SecondFactorPage {
        t: texts(),
        bar: bar(Hostile::NAME),
        is_required,
        error: error.map(str::to_owned),
        key,
    };
    let once = |secrets: &[&str]| OncePage {
        t: texts(),
        bar: bar("Nora Lind"),
        title: "Shown once".to_owned(),
        lead: "Keep it.".to_owned(),
        secrets: secrets.iter().map(ToString::to_string).collect(),
    };
    let invitation = |error: Option<&str>| InvitationPage {
        t: texts(),
        action: "/desk/invitations/token".to_owned(),
        csrf: "token".to_owned(),
        name: Hostile::NAME.to_owned(),
        email: "nora@gazette.example".to_owned(),
        is_reset: error.is_some(),
        error: error.map(str::to_owned),
    };
    let on = |left| Factor::On { since: moment(4_000), left };
    let welcome = SignInPage {
        t: texts(),
        action: "/desk/sign-in".to_owned(),
        csrf: "token".to_owned(),
        next: String::new(),
        email: String::new(),
        error: None,
        is_welcome: true,
    };
    vec![
        ("desk-account.html", render(&account(None, Factor::Off))),
        ("desk-account-done.html", render(&account(Some(said("sessions", true)), on(9)))),
        ("desk-account-refused.html", render(&account(Some(said("factor", false)), on(0)))),
        ("desk-account-token-refused.html", render(&account(Some(said("tokens", false)), on(1)))),
        ("desk-account-password-refused.html", render(&account(Some(said("password", false)), on(1)))),
        ("desk-account-mail-refused.html", render(&account(Some(said("mail", false)), on(1)))),
        ("desk-second-factor.html", render(&factor(None, true, None))),
        ("desk-second-factor-key.html", render(&factor(Some(key), false, Some(Hostile::NAME)))),
        ("desk-token.html", render(&once(&["rd_mod_GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3"]))),
        ("desk-codes.html", render(&once(&["4f7k-x02m-9qtb"; 10]))),
        ("desk-invitation.html", render(&invitation(None))),
        ("desk-invitation-refused.html", render(&invitation(Some(Hostile::NAME)))),
        ("desk-people.html", render(&people(None, [None, None]))),
        ("desk-people-refused.html", render(&people(Some(said("people", false)), [None, Some("sites")]))),
        ("desk-people-email.html", render(&people(Some(said("people", false)), [None, Some("email")]))),
        ("desk-person-refused.html", render(&people(Some(said("people", false)), [Some("name"), None]))),
        ("desk-person-sites.html", render(&people(Some(said("people", false)), [Some("sites"), None]))),
        ("desk-welcome.html", render(&welcome)),
    ]
}
