//! That what the document shows can be sent as it is.

use replydesk::{domain::Role, flow::commenters};
use serde_json::Value;

use super::{
    Operation,
    world::{Object, World},
};
use crate::support::{Answer, TestApp};

both_databases! {
    async fn every_example_is_taken(app: TestApp) {
        let world = World::of(app).await;
        let mut sent = 0;
        for operation in Operation::all() {
            for (kind, content) in operation.said["requestBody"]["content"].as_object().into_iter().flatten() {
                let answer = send(&world, operation, (kind, &content["example"])).await;
                let is_taken = !matches!(answer.status, 400 | 404 | 415 | 422 | 500..);
                // nothing has the id of the example
                let is_taken = is_taken || (answer.status == 404 && matches!(operation.id(), "undo" | "settleMessage"));
                assert!(is_taken, "{} {kind}: {} {}", operation.name(), answer.status, answer.text());
                sent += 1;
            }
        }
        assert!(sent >= 15, "{sent} examples");
    }
}

/// Sends an example to what is there, as somebody who may.
async fn send(world: &World<'_>, operation: Operation, (kind, example): (&str, &Value)) -> Answer {
    let app = world.app;
    let thing = world.makes(operation, Object::Own).await;
    let mut path = World::asks(operation, &thing).path;
    if path.contains("{token}") {
        let comment = app.submits(&format!("For {}", operation.id()), "bob@example.org").await;
        let token = if operation.path.starts_with("/mail/") {
            let mut reply = TestApp::reply("To be told of", "asked@example.org");
            reply["notify"] = "outcome".into();
            let asked = app.posts(&reply).await.json();
            app.delivers_everything().await;
            let id = asked["id"].as_str().unwrap().parse().unwrap();
            let link = commenters::link(app.app(), id).await.unwrap().unwrap();
            link.rsplit('/').next().unwrap().to_owned()
        } else if operation.path.starts_with("/d/") {
            app.link_for(&comment, Role::Moderator.name()).await.rsplit('/').next().unwrap().to_owned()
        } else {
            comment["receipt"]["token"].as_str().unwrap().to_owned()
        };
        path = path.replace("{token}", &token);
    }
    let body = if kind == "application/json" {
        example.to_string()
    } else {
        let fields = example.as_object().unwrap().iter();
        let fields = fields.map(|(name, value)| (name, value.as_str().unwrap()));
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
    };
    let bearer = world.bearer(operation);
    let headers = [("content-type", kind), ("accept", "application/json"), ("authorization", &bearer)];
    let headers = if bearer.is_empty() { &headers[..2] } else { &headers[..] };
    app.waits(std::time::Duration::from_secs(1));
    app.client.raw((&operation.method.to_uppercase(), &path), headers, body.into_bytes()).await
}
