//! Rationales that reviewers begin with: the house's own where the server is given them.

use super::client::Server;
use crate::support::{Folder, code, text};
use serde_json::json;

const OWN: &str = "templates:\n- { id: week, kinds: [suspend], policies: [spam], days: 7, text: a week for a first time }\n";

#[test]
fn reviewers_begin_with_the_houses_own_rationales_or_those_that_come_with_it() {
    let folder = Folder::new();
    let own = folder.write("templates.yaml", OWN);
    let server = Server::start_on(folder, &["--decision-templates", text(&own)]);
    let viewer = server.token("viewer");
    let found = server.get(&viewer, "/v1/decisions/templates").expect(200);
    let wanted = json!([{
        "template_id": "week", "kinds": ["suspend"], "policies": ["spam"], "sources": [], "days": 7,
        "text": "a week for a first time",
    }]);
    assert_eq!(found["templates"], wanted);

    let server = Server::start();
    let viewer = server.token("viewer");
    let bundled = server.get(&viewer, "/v1/decisions/templates").expect(200);
    assert!(bundled["templates"].as_array().unwrap().len() > 3, "{bundled}");
}

#[test]
fn templates_that_cannot_stand_are_told_before_anything_is_served() {
    let folder = Folder::new();
    let broken = folder.write("templates.yaml", OWN.replace("suspend", "suspnd"));
    let output = folder.run(["serve", "--decision-templates", text(&broken)]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(code(&output) != 0 && told.contains("templates.yaml") && told.contains("`suspnd`"), "{told}");
}
