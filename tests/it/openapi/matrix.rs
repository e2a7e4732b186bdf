//! Who may do what, of which site: every operation of the desk's API, as the document lists them, asked by everybody in
//! every way about a thing of their own site, of another one, and of none. What they get stands in `matrix.txt`; another
//! site's and none's may differ in nothing.

use std::{collections::BTreeMap, fmt::Write};

use replydesk::domain::Role;
use serde_json::json;
use similar::TextDiff;

use super::{
    Operation,
    world::{ACTORS, By, Object, Thing, World},
};
use crate::support::{Answer, TestApp};

const EXPECTED: &str = include_str!("matrix.txt");

/// What is behind a sign-in.
const PREFIXES: [&str; 9] = [
    "/v1/moderation/",
    "/v1/audit",
    "/v1/admin/",
    "/v1/ops/",
    "/v1/session",
    "/v1/sites/{site}/policy",
    "/v1/sites/{site}/reasons",
    "/v1/sites/{site}/words",
    "/v1/sites/{site}/articles/",
];

/// A line: what, about what, proved how; and what everybody got.
type Line = (String, Option<Object>, By, Vec<String>);

both_databases! {
    async fn everybody_gets_what_their_role_and_their_sites_allow(app: TestApp) {
        let mut world = World::of(app).await;
        let (mut lines, mut wrong) = (Vec::new(), Vec::new());
        let within = |operation: &Operation| PREFIXES.iter().any(|prefix| operation.path.starts_with(prefix));
        for operation in Operation::all().into_iter().filter(within) {
            lines.extend(rows(&mut world, operation, &mut wrong).await);
        }
        let table = written(&lines);
        let difference = TextDiff::from_lines(EXPECTED, &table);
        assert!(EXPECTED == table, "{}\n\n{table}\n{wrong:#?}", difference.unified_diff());
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}

/// All lines of one operation.
async fn rows(world: &mut World<'_>, operation: Operation, wrong: &mut Vec<String>) -> Vec<Line> {
    let objects = if World::is_about_something(operation) {
        vec![Some(Object::Own), Some(Object::Other), Some(Object::Absent)]
    } else {
        vec![None]
    };
    let ways: &[By] = match operation.method {
        "get" => &[By::Token, By::Cookie],
        _ => &[By::Token, By::Cookie, By::CookieAlone],
    };
    let (mut lines, mut answers) = (Vec::new(), BTreeMap::new());
    for object in objects {
        let mut thing = world.makes(operation, object.unwrap_or(Object::Own)).await;
        for by in ways {
            let mut cells = Vec::new();
            for who in ACTORS {
                if *by != By::Token && matches!(who, "nobody" | "site token") {
                    cells.push("·".to_owned());
                    continue;
                }
                world.claims(operation, &thing, who).await;
                let answer = world.sends(operation, &World::asks(operation, &thing), (who, *by)).await;
                cells.push(cell(operation, &answer));
                if *by == By::Token && object.is_none_or(|object| object == Object::Own) {
                    wrong.extend(against_the_document(operation, who, &answer));
                }
                answers.insert((object, *by, who), shape(&thing, &answer));
                if answer.status < 400 && operation.method != "get" {
                    thing = again(world, operation, object, (who, *by)).await;
                }
            }
            lines.push((operation.name(), object, *by, cells));
        }
    }
    for ((object, by, who), answer) in &answers {
        if *object == Some(Object::Other) {
            let absent = &answers[&(Some(Object::Absent), *by, *who)];
            if answer != absent {
                let name = operation.name();
                wrong.push(format!("{name} tells {who} by {by:?} of another site: {answer:?}, {absent:?}"));
            }
        }
    }
    lines
}

/// Another thing, since the last one is not what it was.
async fn again(
    world: &mut World<'_>,
    operation: Operation,
    object: Option<Object>,
    (who, by): (&'static str, By),
) -> Thing {
    // a sign-in ends the session that the browser had
    let role = Role::ALL.into_iter().find(|role| role.name() == who && by != By::Token);
    match role {
        Some(role) if operation.path == "/v1/session" => world.signs_in(role.name()).await,
        _ if operation.path == "/v1/session" => world.app.waits(std::time::Duration::from_mins(1)),
        _ => {}
    }
    world.makes(operation, object.unwrap_or(Object::Own)).await
}

/// What differs from `x-roles`.
fn against_the_document(operation: Operation, who: &str, answer: &Answer) -> Option<String> {
    let (roles, role) = (operation.said["x-roles"].as_array()?, Role::parse(who)?);
    let may = roles.contains(&json!(role.name()));
    let refused = matches!(answer.status, 401 | 403);
    (may == refused).then(|| format!("{} by {who}: {} {}", operation.name(), answer.status, answer.text()))
}

/// The status, with the slug of the problem; of claims also how many, since none is no refusal.
fn cell(operation: Operation, answer: &Answer) -> String {
    if answer.header("content-type") == "application/problem+json" {
        return format!("{} {}", answer.status, answer.problem());
    }
    if answer.status == 200 && operation.path == "/v1/moderation/claims" {
        let said = answer.json();
        let many = said["ids"].as_array().or(said["items"].as_array()).map_or(0, Vec::len);
        return format!("200 {many}");
    }
    answer.status.to_string()
}

/// All that somebody can see of an answer, but for what each one has of its own.
fn shape(thing: &Thing, answer: &Answer) -> (u16, BTreeMap<String, String>, String) {
    let mut headers = answer.headers.clone();
    // whether the connection goes on depends on how much of a body that nobody reads has come by then
    headers.retain(|name, _| !matches!(name.as_str(), "x-request-id" | "date" | "set-cookie" | "connection"));
    // a list in no order, which differs from thread to thread
    if let Some(exposed) = headers.get_mut("access-control-expose-headers") {
        let mut names: Vec<&str> = exposed.split(", ").collect();
        names.sort_unstable();
        *exposed = names.join(", ");
    }
    let headers = headers.into_iter().map(|(name, value)| (name, thing.hides(&value, answer))).collect();
    (answer.status, headers, thing.hides(&answer.text(), answer))
}

/// The table as it is checked in; ways with the same outcome share a line.
fn written(lines: &[Line]) -> String {
    let mut joined: Vec<(String, String, Vec<String>)> = Vec::new();
    let mut before: Option<&Line> = None;
    for line in lines {
        let (operation, object, by, cells) = line;
        let is_same = before.is_some_and(|(name, of, way, known)| {
            (name, of, way) == (operation, object, &By::Token)
                && *by == By::Cookie
                && known[1..5] == cells[1..5]
        });
        match joined.last_mut() {
            Some((_, way, _)) if is_same => "token or cookie".clone_into(way),
            _ => {
                let about = object.map_or("-".to_owned(), |object| format!("{object:?}").to_lowercase());
                let way = match by {
                    By::Token => "token",
                    By::Cookie => "cookie",
                    By::CookieAlone => "cookie alone",
                };
                joined.push((format!("{operation} {about}"), way.to_owned(), cells.clone()));
            }
        }
        before = Some(line);
    }
    let mut table = String::from(HEAD);
    let mut last = String::new();
    let row = |what: &str, way: &str, cells: &[String]| {
        let mut row = format!("{what:<62}{way:<17}");
        for cell in cells {
            write!(row, "{cell:<23}").unwrap();
        }
        row.trim_end().to_owned() + "\n"
    };
    table += &row("operation, and whose the thing is", "by", &ACTORS.map(str::to_owned));
    for (what, way, cells) in joined {
        let (operation, object) = what.rsplit_once(' ').unwrap();
        if operation != last {
            table += "\n";
            operation.clone_into(&mut last);
        }
        table += &row(&format!("{operation:<54}{object}"), &way, &cells);
    }
    table
}

const HEAD: &str = "\
# Who gets what. All people are bound to one site. `own`: the thing is of that site; `other`: of another; `absent`: of none.
# By a cookie alone: without the token that proves that the request was made for the session (X-CSRF-Token).

";
