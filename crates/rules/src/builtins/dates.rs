//! Dates and times in the forms that events carry. Zones are read over, as Osprey does.

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAY_MICROS: i64 = 86_400_000_000;

/// Microseconds since 1970, the wall time taken as UTC; a text without a date means the day of `now`.
///
/// Reads `2025-11-12`, `2025-11-12T10:20:30.5Z`, `20251112`, `11/12/2025` (month first), `12 Nov 2025 10:20`,
/// `Wed, 12 Nov 2025 10:20:30 GMT`, `10:20`.
pub(super) fn parse(text: &str, now: i64) -> Option<i64> {
    let text = text.trim();
    if text.is_empty() || !text.is_ascii() {
        return None;
    }
    // Only the T between two digits parts a date from its time.
    let spaced: String = text
        .char_indices()
        .map(|(at, letter)| {
            let digit =
                |at: Option<usize>| at.and_then(|at| text.as_bytes().get(at)).is_some_and(u8::is_ascii_digit);
            let parts = matches!(letter, 'T' | 't') && digit(at.checked_sub(1)) && digit(Some(at + 1));
            if parts || letter == ',' { ' ' } else { letter }
        })
        .collect();
    let (mut date, mut time, mut named) = (None, None, Named::default());
    for word in spaced.split_whitespace() {
        if word.contains(':') && time.is_none() {
            time = Some(read_time(word)?);
        } else if let Some(found) = read_date(word) {
            date = Some(found);
        } else if !named.take(word) && !is_zone(word) {
            return None;
        }
    }
    let date = date.or_else(|| named.date());
    if date.is_none() && (time.is_none() || named.is_begun()) {
        return None;
    }
    let days = match date {
        Some((year, month, day)) => days(year, month, day)?,
        None => now.div_euclid(DAY_MICROS),
    };
    days.checked_mul(DAY_MICROS)?.checked_add(time.unwrap_or(0))
}

/// The parts of a date that is written with the name of its month.
#[derive(Default)]
struct Named {
    month: Option<i64>,
    numbers: Vec<i64>,
}

impl Named {
    fn take(&mut self, word: &str) -> bool {
        let lower = word.to_ascii_lowercase();
        let letters = lower.trim_end_matches('.');
        if letters.len() >= 3 && letters.bytes().all(|byte| byte.is_ascii_lowercase()) {
            let month = MONTHS.iter().position(|month| letters.starts_with(month));
            if let Some(month) = month {
                self.month = i64::try_from(month + 1).ok();
                return true;
            }
            return ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
                .iter()
                .any(|day| letters.starts_with(day));
        }
        let digits =
            ["st", "nd", "rd", "th"].iter().find_map(|end| lower.strip_suffix(end)).unwrap_or(&lower);
        match digits.parse::<i64>() {
            Ok(number) if digits.len() <= 4 && self.numbers.len() < 2 => {
                self.numbers.push(number);
                true
            }
            _ => false,
        }
    }

    fn is_begun(&self) -> bool {
        self.month.is_some() || !self.numbers.is_empty()
    }

    fn date(&self) -> Option<(i64, i64, i64)> {
        match self.numbers.as_slice() {
            [day, year] if *day <= 31 => Some((*year, self.month?, *day)),
            [year, day] => Some((*year, self.month?, *day)),
            _ => None,
        }
    }
}

fn is_zone(word: &str) -> bool {
    let rest = word.trim_start_matches(['+', '-']);
    matches!(
        word,
        "Z" | "z" | "UTC" | "GMT" | "EST" | "EDT" | "CST" | "CDT" | "MST" | "MDT" | "PST" | "PDT" | "CET"
    ) || (rest.len() < word.len()
        && rest.len() <= 5
        && rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b':'))
}

fn read_date(word: &str) -> Option<(i64, i64, i64)> {
    if word.len() == 8 && word.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some((
            word.get(..4)?.parse().ok()?,
            word.get(4..6)?.parse().ok()?,
            word.get(6..)?.parse().ok()?,
        ));
    }
    let parts: Vec<&str> = word.split(['-', '/', '.']).collect();
    if !parts
        .iter()
        .all(|part| !part.is_empty() && part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit()))
    {
        return None;
    }
    let numbers: Vec<i64> = parts.iter().filter_map(|part| part.parse().ok()).collect();
    match (numbers.as_slice(), parts.first().map(|part| part.len())) {
        ([year, month, day], Some(4)) => Some((*year, *month, *day)),
        ([year, month], Some(4)) => Some((*year, *month, 1)),
        ([month, day, year], _) => {
            let year = if *year < 100 { year + if *year < 70 { 2_000 } else { 1_900 } } else { *year };
            if *month > 12 { Some((year, *day, *month)) } else { Some((year, *month, *day)) }
        }
        _ => None,
    }
}

/// Microseconds of the day.
fn read_time(word: &str) -> Option<i64> {
    let clock = word.split(['Z', 'z', '+', '-']).next()?;
    let mut parts = clock.split(':');
    let (hour, minute) = (parts.next()?.parse::<i64>().ok()?, parts.next()?.parse::<i64>().ok()?);
    let (second, micros) = match parts.next() {
        None => (0, 0),
        Some(text) => {
            let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
            let digits: String = fraction.chars().take(6).collect();
            let micros: i64 = if digits.is_empty() { 0 } else { format!("{digits:0<6}").parse().ok()? };
            (whole.parse::<i64>().ok()?, micros)
        }
    };
    let fits = parts.next().is_none()
        && (0..24).contains(&hour)
        && (0..60).contains(&minute)
        && (0..60).contains(&second);
    fits.then_some(((hour * 60 + minute) * 60 + second) * 1_000_000 + micros)
}

/// Days since 1970 of a day of the Gregorian calendar; nothing for days that do not exist.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 => 28 + i64::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=9_999).contains(&year) || !(1..=length).contains(&day) {
        return None;
    }
    // Years that begin in March, so that the leap day comes last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * month + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_forms_are_read_and_zones_are_ignored() {
        let noon = 1_762_948_800_000_000; // 2025-11-12T12:00:00Z
        for text in [
            "2025-11-12T12:00:00Z",
            "2025-11-12 12:00:00+05:00",
            "2025-11-12T12:00:00.000000000",
            "20251112 12:00",
            "11/12/2025 12:00",
            "Wed, 12 Nov 2025 12:00:00 GMT",
            "November 12, 2025 12:00",
            "12:00",
        ] {
            assert_eq!(parse(text, noon + 5), Some(noon), "{text}");
        }
        for text in ["", "1700000000", "yesterday", "2025-13-01", "2025-02-30", "25:00", "x"] {
            assert_eq!(parse(text, noon), None, "{text}");
        }
    }
}
