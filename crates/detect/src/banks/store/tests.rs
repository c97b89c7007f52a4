use super::*;
use cordon_model::bank::BankKind;
use proptest::prelude::*;

const KEY: HashKey = HashKey::from_bytes([9; 16]);
const NOW: Timestamp = Timestamp::from_seconds(1_454_630_400);
const PICTURE: &str = "5a3c90f1e7264bd80c9e7f1342a86db5f06b9127c4d83ea1963f5c0872e1ad4b";
const TEXT: &str =
    "the grey herons gather at the old mill by the river tomorrow at dawn bring lanterns and friends";

fn bank(bank_id: &str, kind: BankKind) -> Bank {
    Bank {
        bank_id: bank_id.into(),
        name: format!("bank {bank_id}"),
        policy_id: "spam".into(),
        owner: "ana".to_owned(),
        kind,
        source: "own reviews".to_owned(),
    }
}

fn new(kind: SignalKind, value: &str) -> NewBankEntry {
    NewBankEntry {
        kind,
        value: value.to_owned(),
        source: None,
        expires_at: None,
        roll_out: RollOut::Live,
        disabled_until: None,
        note: None,
    }
}

/// Three banks, and one entry of each kind in them.
fn stocked() -> Banks {
    let mut banks = Banks::default();
    for kind in BankKind::ALL {
        banks.put_bank(&bank(kind.name(), kind));
    }
    for (kind, value) in [
        (SignalKind::Md5, "0123456789abcdef0123456789ABCDEF"),
        (SignalKind::Sha256, &"ab".repeat(32)),
        (SignalKind::Pdq, PICTURE),
        (SignalKind::Text, TEXT),
        (SignalKind::Text, "سلام"),
        (SignalKind::Url, "https://heron.example/a?id=3"),
        (SignalKind::UrlPrefix, "https://mill.example/group"),
        (SignalKind::Domain, "owl.example"),
    ] {
        put(&mut banks, new(kind, value));
    }
    banks
}

fn put(banks: &mut Banks, new: NewBankEntry) -> BankEntryId {
    let bank = banks.bank(new.kind.bank_kind().name()).unwrap().clone();
    let entry = banks.make_entry(&KEY, &bank, new, NOW).unwrap();
    banks.put_entries(&KEY, &bank.bank_id, std::slice::from_ref(&entry), Offset(7));
    entry.entry_id
}

fn kinds(banks: &Banks, signals: &Signals) -> Vec<(SignalKind, Likeness)> {
    banks.look_up(signals, NOW).into_iter().map(|found| (found.kind, found.likeness)).collect()
}

fn restored(banks: &Banks) -> Banks {
    Banks::restore(postcard::from_bytes(&bytes(banks)).unwrap())
}

fn bytes(banks: &Banks) -> Vec<u8> {
    postcard::to_stdvec(&banks.dump()).unwrap()
}

#[test]
fn every_kind_of_entry_matches_what_it_should_and_nothing_else() {
    let banks = stocked();
    let media = |text: &str| kinds(&banks, &Signals::of_media(&KEY, text).unwrap_or_default());
    assert_eq!(media("0123456789ABCDEF0123456789abcdef"), [(SignalKind::Md5, Likeness::Same)]);
    assert_eq!(media(&"AB".repeat(32)), [(SignalKind::Sha256, Likeness::Same)]);
    assert_eq!(media(&format!("pdq:{PICTURE}")), [(SignalKind::Pdq, Likeness::Distance(0))]);
    let near = PICTURE.replacen("5a3c", "5a3b", 1);
    assert_eq!(media(&format!("pdq:{near}")), [(SignalKind::Pdq, Likeness::Distance(3))]);
    assert_eq!(media(PICTURE), [], "64 digits without a mark are a SHA-256");
    assert_eq!(media("not a hash"), []);

    let text = |text: &str| kinds(&banks, &Signals::of_text(&KEY, text));
    assert_eq!(text(&TEXT.to_uppercase()), [(SignalKind::Text, Likeness::Same)]);
    let [(SignalKind::Text, Likeness::DiffersPercent(differs))] =
        text(&TEXT.replace("lanterns", "torches"))[..]
    else {
        panic!("a word changed is near")
    };
    assert!((1..40).contains(&differs), "{differs}");
    assert_eq!(text("سَلام!"), [(SignalKind::Text, Likeness::Same)], "too short for near-duplicates");
    assert_eq!(text("our bakery opens at seven with fresh rolls and the best coffee in the quarter"), []);

    let url = |url: &str| kinds(&banks, &Signals::of_url(&KEY, url));
    assert_eq!(url("http://www.HERON.example/a/?id=3&utm_source=x"), [(SignalKind::Url, Likeness::Same)]);
    assert_eq!(url("https://heron.example/a?id=4"), []);
    assert_eq!(url("https://mill.example/group/7?x=1"), [(SignalKind::UrlPrefix, Likeness::Same)]);
    assert_eq!(url("https://mill.example/groups"), []);
    assert_eq!(url("https://night.owl.example/b"), [(SignalKind::Domain, Likeness::Same)]);
    assert_eq!(url("https://growl.example/b"), []);
}

#[test]
fn a_bank_with_one_entry_matches() {
    let mut banks = Banks::default();
    banks.put_bank(&bank("media", BankKind::Media));
    put(&mut banks, new(SignalKind::Pdq, PICTURE));
    let signals = Signals::of_media(&KEY, &format!("pdq:{PICTURE}")).unwrap();
    assert_eq!(kinds(&banks, &signals), [(SignalKind::Pdq, Likeness::Distance(0))]);
}

#[test]
fn what_no_bank_can_hold_is_refused_in_words() {
    let media = bank("media", BankKind::Media);
    let refused =
        |kind, value: &str| Banks::default().make_entry(&KEY, &media, new(kind, value), NOW).unwrap_err();
    assert!(refused(SignalKind::Text, TEXT).contains("holds no text"));
    assert!(refused(SignalKind::Md5, "0123").contains("32 hexadecimal"));
    assert!(refused(SignalKind::Pdq, &"0".repeat(64)).contains("even surface"));
    let texts = bank("text", BankKind::Text);
    let empty =
        Banks::default().make_entry(&KEY, &texts, new(SignalKind::Text, "@you https://x.example"), NOW);
    assert!(empty.unwrap_err().contains("nothing is left"));
}

#[test]
fn an_entry_put_again_is_the_same_entry_and_keeps_its_counts() {
    let mut banks = stocked();
    let signals = Signals::of_text(&KEY, TEXT);
    banks.observe(&KEY, (1, 11), &signals, NOW);
    let entries = banks.entry_count();
    let entry_id = put(
        &mut banks,
        NewBankEntry { roll_out: RollOut::Shadow, ..new(SignalKind::Text, &TEXT.to_uppercase()) },
    );
    assert_eq!(banks.entry_count(), entries);
    let facts = banks.entry(entry_id).unwrap();
    assert_eq!((facts.live.matches, facts.roll_out), (1, RollOut::Shadow));
}

#[test]
fn a_value_keeps_its_name_under_another_key() {
    let other = HashKey::from_bytes([8; 16]);
    let mut banks = Banks::default();
    for (kind, value) in
        [(SignalKind::Pdq, PICTURE), (SignalKind::Text, TEXT), (SignalKind::Domain, "owl.example")]
    {
        let bank = bank(kind.bank_kind().name(), kind.bank_kind());
        banks.put_bank(&bank);
        let first = Banks::default().make_entry(&KEY, &bank, new(kind, value), NOW).unwrap();
        // As after the key was rotated: the entry is made anew from the journal, by its name.
        banks.put_entries(&other, &bank.bank_id, std::slice::from_ref(&first), Offset(7));
        let again = banks.make_entry(&other, &bank, new(kind, value), NOW).unwrap();
        assert_eq!(again.entry_id, first.entry_id, "{kind}");
    }
}

#[test]
fn expired_disabled_and_removed_entries_match_nothing() {
    let mut banks = Banks::default();
    banks.put_bank(&bank("url", BankKind::Url));
    let signals = Signals::of_url(&KEY, "https://heron.example/a");
    let url = || new(SignalKind::Url, "heron.example/a");
    let later = NOW.plus_seconds(60);
    put(&mut banks, NewBankEntry { expires_at: Some(later), ..url() });
    assert_eq!((banks.look_up(&signals, NOW).len(), banks.look_up(&signals, later).len()), (1, 0));
    put(&mut banks, NewBankEntry { disabled_until: Some(later), ..url() });
    assert_eq!((banks.look_up(&signals, NOW).len(), banks.look_up(&signals, later).len()), (0, 1));
    let entry_id = put(&mut banks, url());
    banks.remove_entries(&"other".into(), &[entry_id]);
    assert_eq!(banks.look_up(&signals, NOW).len(), 1, "of another bank");
    banks.remove_entries(&"url".into(), &[entry_id]);
    assert!(banks.is_empty() && banks.look_up(&signals, NOW).is_empty());
}

#[test]
fn a_removed_bank_takes_its_entries_along() {
    let mut banks = stocked();
    banks.remove_bank(&"media".into());
    assert!(banks.look_up(&Signals::of_media(&KEY, &format!("pdq:{PICTURE}")).unwrap(), NOW).is_empty());
    assert_eq!(banks.look_up(&Signals::of_text(&KEY, TEXT), NOW).len(), 1);
    assert_eq!(banks.facts(NOW).iter().map(|bank| bank.entries).collect::<Vec<_>>(), [2, 3]);
}

#[test]
fn a_share_reaches_about_that_share_and_always_the_same() {
    let mut banks = stocked();
    let entry_id = put(
        &mut banks,
        NewBankEntry { roll_out: RollOut::Share(30), ..new(SignalKind::Domain, "share.example") },
    );
    let signals = Signals::of_url(&KEY, "https://share.example/");
    let reached = |banks: &mut Banks, account: u32| {
        !banks.observe(&KEY, (account, u64::from(account) * 977), &signals, NOW).is_empty()
    };
    let first: Vec<bool> = (0..1_000).map(|account| reached(&mut banks, account)).collect();
    let count = first.iter().filter(|is_reached| **is_reached).count();
    assert!((240..360).contains(&count), "{count}");
    let mut other = stocked();
    put(
        &mut other,
        NewBankEntry { roll_out: RollOut::Share(30), ..new(SignalKind::Domain, "share.example") },
    );
    assert!((0..1_000).all(|account| reached(&mut other, account) == first[account as usize]));
    let facts = banks.entry(entry_id).unwrap();
    assert_eq!((facts.live.matches, facts.shadow.matches), (count as u32, 1_000 - count as u32));
}

#[test]
fn an_account_is_proposed_once_for_an_entry_and_again_once_forgotten() {
    let mut banks = stocked();
    let signals = Signals::of_text(&KEY, TEXT);
    let proposed = |banks: &mut Banks, account| banks.observe(&KEY, (account, 5), &signals, NOW).len();
    assert_eq!([proposed(&mut banks, 1), proposed(&mut banks, 1), proposed(&mut banks, 2)], [1, 0, 1]);
    let mut banks = restored(&banks);
    assert_eq!(proposed(&mut banks, 1), 0);
    banks.forget(1);
    assert_eq!([proposed(&mut banks, 1), proposed(&mut banks, 2)], [1, 0]);
}

#[test]
fn evidence_names_bank_entry_and_distance_and_never_what_was_banked() {
    let banks = stocked();
    let mut signals =
        Signals::of_media(&KEY, &format!("pdq:{}", PICTURE.replacen("5a3c", "5a3b", 1))).unwrap();
    signals.text = Signals::of_text(&KEY, TEXT).text;
    let found = banks.look_up(&signals, NOW);
    let rows = crate::banks::describe_matches(&banks, &found);
    let texts: Vec<&str> = rows.iter().map(|row| row.text.as_str()).collect();
    assert!(texts[0].starts_with("posted a text that matches entry "), "{texts:?}");
    assert!(texts[1].contains("bank “bank media” (media): PDQ, 3 of 256 bits differ"), "{texts:?}");
    assert!(texts.iter().all(|text| !text.contains("herons") && !text.contains("5a3c")), "{texts:?}");
    assert!(rows.iter().all(|row| row.weight > 0.0), "two groups, each with its own weight");
}

/// What one step of the property does.
fn step(banks: &mut Banks, (what, which, roll_out): (u8, u8, u8)) {
    let values = [
        (SignalKind::Url, "heron.example/a"),
        (SignalKind::Domain, "heron.example"),
        (SignalKind::Text, TEXT),
        (SignalKind::Pdq, PICTURE),
    ];
    let (kind, value) = values[usize::from(which) % values.len()];
    let roll_out = [RollOut::Live, RollOut::Shadow, RollOut::Share(50)][usize::from(roll_out) % 3];
    match what {
        0..4 => drop(put(banks, NewBankEntry { roll_out, ..new(kind, value) })),
        4 | 5 => {
            let bank = banks.bank(kind.bank_kind().name()).unwrap().clone();
            let entry = banks.make_entry(&KEY, &bank, new(kind, value), NOW).unwrap();
            banks.remove_entries(&bank.bank_id, &[entry.entry_id]);
        }
        _ => banks.forget(u32::from(which)),
    }
}

proptest! {
    #[test]
    fn restored_banks_go_on_as_those_that_lived(
        steps in proptest::collection::vec((0u8..7, any::<u8>(), any::<u8>()), 1..40)
    ) {
        let mut lived = stocked();
        let signals = [
            Signals::of_url(&KEY, "https://heron.example/a"),
            Signals::of_text(&KEY, &TEXT.replace("friends", "people")),
            Signals::of_media(&KEY, &format!("pdq:{PICTURE}")).unwrap(),
        ];
        for (number, one) in steps.into_iter().enumerate() {
            let mut other = restored(&lived);
            for banks in [&mut lived, &mut other] {
                step(banks, one);
            }
            let account = (number as u32 % 3, number as u64 % 3);
            for signals in &signals {
                let found = [&mut lived, &mut other].map(|banks| banks.observe(&KEY, account, signals, NOW));
                prop_assert_eq!(&found[0], &found[1]);
            }
            prop_assert_eq!(bytes(&lived), bytes(&other));
        }
    }
}
