//! The members that every event starts with.

use super::write_two_digits;
use crate::identity::{AccountIds, Key};
use cordon_model::clock::Timestamp;
use cordon_model::event::EventType;

/// An instant of the world, ready to be written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub(crate) time: Timestamp,
    /// Day of the world, from 0.
    pub(crate) day: u32,
    /// `2026-03-01T10:` of the hour.
    hour_text: [u8; 14],
    second: u32,
}

impl Moment {
    /// The start of the hour at `time`, which is a full one.
    pub(crate) fn at_hour(time: Timestamp, day: u32) -> Self {
        let mut hour_text = *b"1970-01-01T00:";
        for (to, from) in hour_text.iter_mut().zip(time.to_string().bytes()) {
            *to = from;
        }
        Self { time, day, hour_text, second: 0 }
    }

    /// `second` seconds into the hour.
    pub(crate) fn plus(self, second: u32) -> Self {
        Self { time: self.time.plus_seconds(i64::from(second)), second, ..self }
    }

    /// Appends it as RFC 3339.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.hour_text);
        write_two_digits(out, self.second / 60);
        out.push(b':');
        write_two_digits(out, self.second % 60);
        out.push(b'Z');
    }
}

/// An event's name: who did the how-manieth thing of its kind on that day. The same in every run of the world.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EventName {
    pub(crate) kind: EventType,
    pub(crate) actor: Key,
    pub(crate) ordinal: u32,
}

impl EventName {
    fn type_text(self) -> (&'static str, u8) {
        match self.kind {
            EventType::AccountCreated => ("account.created", b'c'),
            EventType::AccountSnapshot => ("account.snapshot", b's'),
            EventType::AccountUpdated => ("account.updated", b'u'),
            EventType::AccountDeleted => ("account.deleted", b'x'),
            EventType::AccountLoggedIn => ("account.logged_in", b'l'),
            EventType::PostCreated => ("post.created", b'p'),
            EventType::PostDeleted => ("post.deleted", b'd'),
            EventType::FollowCreated => ("follow.created", b'f'),
            EventType::ReportCreated => ("report.created", b'r'),
            EventType::DecisionImported => ("decision.imported", b'i'),
            EventType::ShareCreated | EventType::Other => ("other", b'o'),
        }
    }

    /// Appends `{"id":…,"type":…,"time":…`, the object left open.
    pub(crate) fn write_envelope(self, out: &mut Vec<u8>, ids: &AccountIds, at: &Moment) {
        let (name, letter) = self.type_text();
        out.extend_from_slice(br#"{"id":"e"#);
        out.push(letter);
        super::post::write_action(out, ids, self.actor, at.day, self.ordinal);
        out.extend_from_slice(br#"","type":""#);
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(br#"","time":""#);
        at.write(out);
        out.push(b'"');
    }
}
