//! Events as bytes: JSON written by hand into one reused buffer.
//!
//! Every text that the world makes consists of letters, digits and plain punctuation, so nothing needs to be
//! escaped; a test reads every line back with the product's own reader.

mod account;
mod envelope;
mod post;
mod report;
mod sink;

pub(crate) use account::{write_account_event, write_follow, write_login};
pub(crate) use envelope::{EventName, Moment};
pub(crate) use post::{PostRef, write_post, write_post_deleted};
pub(crate) use report::{ReportDraft, write_decision, write_report};
pub use sink::{EventLine, EventSink};

/// Appends a whole number in decimal.
pub(crate) fn write_number(out: &mut Vec<u8>, value: u32) {
    let mut digits = [0u8; 10];
    let mut left = value;
    let mut length = 0;
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (left % 10) as u8;
        left /= 10;
        length += 1;
        if left == 0 {
            break;
        }
    }
    out.extend_from_slice(digits.get(digits.len() - length..).unwrap_or(&[]));
}

/// Appends two digits.
fn write_two_digits(out: &mut Vec<u8>, value: u32) {
    out.extend_from_slice(&[b'0' + (value / 10 % 10) as u8, b'0' + (value % 10) as u8]);
}
