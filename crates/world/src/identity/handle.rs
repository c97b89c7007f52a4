//! Handles: a stem that a return may keep, and a decoration that it changes.

use super::{Identity, trait_number};
use crate::emit::write_number;
use crate::language::Language;
use crate::population::Population;
use crate::stream::{Purpose, Stream};

/// Share of holders whose stem is one of few common names, so that equal stems do not prove much.
const COMMON_NAME_SHARE: f64 = 0.15;
const COMMON_NAMES: u32 = 600;
const RARE_NAMES_START: u32 = 8_192;
const RARE_NAMES: u32 = (1 << 18) - RARE_NAMES_START;

impl Identity {
    /// Appends the handle: ASCII letters, digits and underscores.
    pub(crate) fn write_handle(&self, population: &Population, out: &mut Vec<u8>) {
        let mut how = Stream::new(population.seed(), Purpose::Handle, self.key.bits(), u64::MAX);
        let number = how.below(990) + 10;
        match how.below(4) {
            0 => {
                self.write_stem(population, out);
                out.push(b'_');
                write_number(out, number);
            }
            1 => {
                out.push(b'_');
                self.write_stem(population, out);
                write_number(out, number);
            }
            2 => {
                self.write_stem(population, out);
                if let Some(last) = out.last().copied() {
                    out.push(last);
                }
                write_number(out, number);
            }
            _ => {
                self.write_stem(population, out);
                write_number(out, number);
            }
        }
    }

    /// Appends the part that stays when the stem is kept.
    pub(crate) fn write_stem(&self, population: &Population, out: &mut Vec<u8>) {
        let name = trait_number(population, Purpose::Handle, self.key.holder, self.stem);
        let mut stream = Stream::new(name, Purpose::Handle, 0, 0);
        let number = if stream.chance(COMMON_NAME_SHARE) {
            stream.below(COMMON_NAMES)
        } else {
            // Two words, so that rare names stay rare among millions.
            Language::default().write_word(out, stream.below(EPITHETS));
            RARE_NAMES_START + stream.below(RARE_NAMES)
        };
        Language::default().write_word(out, number);
    }
}

const EPITHETS: u32 = 64;
