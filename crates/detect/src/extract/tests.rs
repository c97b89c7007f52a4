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

/// Events that name one entity each, by line of the settings: what an event says, what says the same again, and
/// what says something else.
const LINES: [(&str, &str, &str, &str); 20] = [
    (
        "ip",
        r#""session":{"ip":"192.0.2.7"}"#,
        r#""session":{"ip":"::ffff:192.0.2.7"}"#,
        r#""session":{"ip":"192.0.2.8"}"#,
    ),
    (
        "network",
        r#""session":{"ip":"192.0.2.7"}"#,
        r#""session":{"ip":"192.0.2.200"}"#,
        r#""session":{"ip":"192.0.3.7"}"#,
    ),
    (
        "device",
        r#""session":{"device":"d-1"}"#,
        r#""session":{"device":" d-1 "}"#,
        r#""session":{"device":"D-1"}"#,
    ),
    (
        "email",
        r#""account":{"email_hash":"e1"}"#,
        r#""account":{"email_hash":"e1"}"#,
        r#""account":{"email_hash":"e2"}"#,
    ),
    (
        "phone",
        r#""account":{"phone_hash":"p1"}"#,
        r#""account":{"phone_hash":"p1"}"#,
        r#""account":{"phone_hash":"p2"}"#,
    ),
    (
        "handle_stem",
        r#""account":{"handle":"Grey_Heron88"}"#,
        r#""account":{"handle":"gr3yheroon"}"#,
        r#""account":{"handle":"grey_robin"}"#,
    ),
    (
        "display_name",
        r#""account":{"display_name":"Tall Heron"}"#,
        r#""account":{"display_name":"TALL heron 7"}"#,
        r#""account":{"display_name":"Tall Robin"}"#,
    ),
    (
        "avatar",
        r#""account":{"avatar_hash":"v1"}"#,
        r#""account":{"avatar_hash":"v1"}"#,
        r#""account":{"avatar_hash":"v2"}"#,
    ),
    (
        "media",
        r#""post":{"media_hashes":["m1"]}"#,
        r#""post":{"media_hashes":["m0","m1"]}"#,
        r#""post":{"media_hashes":["m2"]}"#,
    ),
    (
        "url",
        r#""post":{"urls":["https://heron.example/a"]}"#,
        r#""post":{"urls":["http://www.heron.example/a/?utm_source=b"]}"#,
        r#""post":{"urls":["https://heron.example/b"]}"#,
    ),
    (
        "domain",
        r#""post":{"urls":["https://heron.example/a"]}"#,
        r#""post":{"urls":["https://heron.example/b"]}"#,
        r#""post":{"urls":["https://robin.example/a"]}"#,
    ),
    (
        "repost",
        r#""post":{"repost_of":"r1"}"#,
        r#""post":{"repost_of":"r1"}"#,
        r#""post":{"repost_of":"r2"}"#,
    ),
    (
        "follow",
        r#""follow":{"account_id":"f1"}"#,
        r#""follow":{"account_id":"f1"}"#,
        r#""follow":{"account_id":"f2"}"#,
    ),
    (
        "shared_object",
        r#""share":{"object_id":"o1"}"#,
        r#""share":{"object_id":"o1"}"#,
        r#""share":{"object_id":"o2"}"#,
    ),
    (
        "near_text",
        r#""post":{"text":"the grey heron stands in the shallow water until evening"}"#,
        r#""post":{"text":"The GREY heron, stands in the shallow water until evening!"}"#,
        r#""post":{"text":"a loaf of bread wants flour, salt and a night of patience"}"#,
    ),
    (
        "url_at_once",
        r#""post":{"urls":["https://heron.example/a"]}"#,
        r#""post":{"urls":["https://heron.example/a"]}"#,
        r#""post":{"urls":["https://heron.example/b"]}"#,
    ),
    (
        "repost_at_once",
        r#""post":{"repost_of":"r1"}"#,
        r#""post":{"repost_of":"r1"}"#,
        r#""post":{"repost_of":"r2"}"#,
    ),
    (
        "share_at_once",
        r#""share":{"object_id":"o1"}"#,
        r#""share":{"object_id":"o1"}"#,
        r#""share":{"object_id":"o2"}"#,
    ),
    (
        "near_media",
        r#""post":{"media_hashes":["pdq:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"]}"#,
        r#""post":{"media_hashes":["m1","pdq:0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF"]}"#,
        r#""post":{"media_hashes":["pdq:fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"]}"#,
    ),
    (
        "near_avatar",
        r#""account":{"avatar_hash":"pdq:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"}"#,
        r#""account":{"avatar_hash":"pdq:0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF"}"#,
        r#""account":{"avatar_hash":"pdq:fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"}"#,
    ),
];

/// Entities of one type that an event at `time` gives, whichever kind they are.
fn entities_of(line: &str, body: &str, time: &str) -> Vec<String> {
    let kind = match body.split('"').nth(1) {
        Some("follow") => "follow.created",
        Some("share") => "share.created",
        Some("post") => "post.created",
        _ => "account.logged_in",
    };
    let body = match body.strip_prefix("\"account\":{") {
        Some(rest) => format!(r#""account":{{"id":"a",{rest}"#),
        None => format!(r#""account":{{"id":"a"}},{body}"#),
    };
    let found = read(&format!(r#"{{"id":"1","type":"{kind}","time":"{time}",{body}}}"#));
    let settings = LinkSettings::bundled();
    let is_line = |number: u8| settings.link(number).unwrap().name == line;
    let entities = found.entities.iter().filter(|one| is_line(one.0)).map(|one| one.1.to_string());
    let follows = found.follows.iter().filter(|one| is_line(one.0)).map(|one| one.1.to_string());
    let text = found.near_text.iter().filter(|one| is_line(one.0)).map(|one| format!("{:?}", one.1));
    let media = found.near_media.iter().filter(|one| is_line(one.0)).map(|one| one.1.to_string());
    entities.chain(follows).chain(text).chain(media).collect()
}

#[test]
fn every_line_of_the_settings_lets_equal_values_meet_and_others_not() {
    let settings = LinkSettings::bundled();
    let lines: Vec<&str> = settings.links.iter().map(|link| link.name.as_str()).collect();
    assert_eq!(lines, LINES.map(|row| row.0), "each line of the settings has its row, in their order");
    let (now, soon, later) = ("2016-02-05T10:00:00Z", "2016-02-05T10:00:40Z", "2016-02-05T11:00:00Z");
    for (link, (line, one, same, other)) in settings.links.iter().zip(LINES) {
        let first = entities_of(line, one, now);
        assert!(!first.is_empty(), "{line}: {one} gives nothing");
        let meets =
            |body: &str, time: &str| entities_of(line, body, time).iter().any(|id| first.contains(id));
        assert!(meets(same, soon), "{line}: {one} and {same} do not meet");
        assert!(!entities_of(line, other, soon).is_empty(), "{line}: {other} gives nothing");
        assert!(!meets(other, now), "{line}: {one} and {other} meet");
        let is_of_the_moment = matches!(link.kind, LinkKind::CoAction { .. });
        assert_eq!(meets(same, later), !is_of_the_moment, "{line}: an hour later");
    }
}
