use super::*;

const KEY: HashKey = HashKey::from_bytes([9; 16]);
const NOW: Timestamp = Timestamp::from_seconds(1_454_670_000);

fn read(line: &str) -> Extracted {
    let event = Event::read(line.as_bytes(), NOW).unwrap();
    extract(&LinkSettings::bundled(), &KEY, &event).unwrap()
}

fn names(found: &Extracted) -> Vec<String> {
    let settings = LinkSettings::bundled();
    let types = found.entities.iter().map(|(number, _)| *number);
    let follows = found.follows.iter().map(|(number, _, _)| *number);
    let mut names: Vec<String> =
        types.chain(follows).map(|number| settings.link(number).unwrap().name.clone()).collect();
    names.dedup();
    names
}

#[test]
fn a_log_in_links_address_network_and_device() {
    let found = read(
        r#"{"id":"1","type":"account.logged_in","time":"2016-02-05T10:00:00Z","account":{"id":"a"},"session":{"ip":"10.1.2.3","device":"d-1"}}"#,
    );
    assert_eq!(names(&found), ["ip", "network", "device"]);
    assert_eq!(found.actor, Some(account_hash(&KEY, "a")));
}

#[test]
fn a_post_gives_urls_words_hashtags_mentions_and_its_hour() {
    let found = read(
        r#"{"id":"1","type":"post.created","time":"2016-02-05T10:00:00Z","account":{"id":"a","followers":7},
        "post":{"text":"Two words @someone https://x.example/1","urls":["https://x.example/1"],"hashtags":["Tag"],"mentions":["someone"]}}"#,
    );
    assert_eq!(names(&found), ["url", "domain", "url_at_once"]);
    let stores: Vec<u8> = found.terms.iter().map(|(store, _)| *store).collect();
    assert_eq!(stores, [0, 0, 1, 2, 3]);
    assert_eq!(found.followers, Some(7));
}

#[test]
fn whoever_is_mentioned_followed_reposted_or_reported_is_not_the_actor() {
    let lines = [
        r#"{"id":"1","type":"post.created","time":"2016-02-05T10:00:00Z","account":{"id":"a"},"post":{"text":"hi @b","mentions":["b"],"repost_of":"b/1","reply_to":"b/2"}}"#,
        r#"{"id":"2","type":"follow.created","time":"2016-02-05T10:00:00Z","account":{"id":"a"},"follow":{"account_id":"b"}}"#,
        r#"{"id":"3","type":"report.created","time":"2016-02-05T10:00:00Z","report":{"account_id":"b","reporter":{"id":"a","kind":"user"}}}"#,
    ];
    for line in lines {
        assert_ne!(read(line).actor, Some(account_hash(&KEY, "b")), "{line}");
    }
}

#[test]
fn fields_that_are_never_evidence_change_nothing() {
    let line = |lang: &str, place: &str| {
        format!(
            r#"{{"id":"1","type":"post.created","time":"2016-02-05T10:00:00Z","account":{{"id":"a","lang":"{lang}","country":"{place}","religion":"{lang}"}},"post":{{"text":"same words","lang":"{lang}","place":"{place}"}}}}"#
        )
    };
    assert_eq!(read(&line("x", "here")), read(&line("y", "there")));
}

#[test]
fn an_event_with_too_many_entities_is_refused() {
    let urls: Vec<String> = (0..300).map(|n| format!("\"https://x.example/{n}\"")).collect();
    let line = format!(
        r#"{{"id":"1","type":"post.created","time":"2016-02-05T10:00:00Z","account":{{"id":"a"}},"post":{{"urls":[{}]}}}}"#,
        urls.join(",")
    );
    let event = Event::read(line.as_bytes(), NOW).unwrap();
    let reject = extract(&LinkSettings::bundled(), &KEY, &event).unwrap_err();
    assert_eq!(reject.code, RejectCode::TooMany);
}

#[test]
fn what_was_hashed_can_be_shown_again_from_the_event() {
    let line = r#"{"id":"1","type":"post.created","time":"2016-02-05T10:00:00Z","account":{"id":"a"},"post":{"text":"Some Words","urls":["HTTPS://www.x.example/1/"]}}"#;
    let event = Event::read(line.as_bytes(), NOW).unwrap();
    let settings = LinkSettings::bundled();
    let found = extract(&settings, &KEY, &event).unwrap();
    for (number, hash) in &found.entities {
        let mut shown = None;
        readable_entities(&settings, &KEY, &event, *number, &mut |candidate, text| {
            if candidate == *hash {
                shown = Some(text.to_owned());
            }
        });
        assert!(shown.is_some(), "type {number} cannot be shown");
    }
}
