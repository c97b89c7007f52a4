//! Checkpoints: the root over the first records, signed, in the format that witnesses of transparency logs read (a
//! *signed note* with an Ed25519 signature). Whoever keeps one elsewhere can tell whether the audit was rewritten since.

use super::hexadecimal;
use super::proof::TreeHead;
use super::tree::Node;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use cordon_model::clock::Timestamp;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

/// What is signed for, and under which name.
const ORIGIN: &str = "cordon/audit";
/// Stands for Ed25519 in a key's text.
const ED25519: u8 = 1;
/// A line with a signature begins with it.
const SIGNED_BY: &str = "\u{2014} ";
/// Bytes of a key's name in a signature.
const KEY_NAME_BYTES: usize = 4;

/// A checkpoint that was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// How many records it covers.
    pub size: u64,
    /// The signed note.
    pub note: String,
    /// When it was signed.
    pub signed_at: Timestamp,
}

/// Signs checkpoints. Its `Debug` shows the public half alone.
pub struct CheckpointKey(SigningKey);

impl fmt::Debug for CheckpointKey {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        write!(out, "CheckpointKey({})", self.verifier())
    }
}

impl CheckpointKey {
    /// The key of 32 random bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(SigningKey::from_bytes(&bytes))
    }

    /// The half that everybody may know.
    pub fn verifier(&self) -> Verifier {
        Verifier(self.0.verifying_key())
    }

    /// The signed note on `head`.
    pub fn sign(&self, head: TreeHead) -> String {
        let text = format!("{ORIGIN}\n{}\n{}\n", head.size, BASE64.encode(head.root.0));
        let signature = self.0.sign(text.as_bytes());
        let mut signed = self.verifier().name().to_vec();
        signed.extend(signature.to_bytes());
        format!("{text}\n{SIGNED_BY}{ORIGIN} {}\n", BASE64.encode(signed))
    }
}

/// Checks checkpoints. As text `<name>+<hash>+<key>`, as other readers of signed notes take it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verifier(VerifyingKey);

impl Verifier {
    fn name(&self) -> [u8; KEY_NAME_BYTES] {
        let digest: [u8; 32] = Sha256::new()
            .chain_update(ORIGIN)
            .chain_update([b'\n', ED25519])
            .chain_update(self.0.as_bytes())
            .finalize()
            .into();
        let mut name = [0; KEY_NAME_BYTES];
        name.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        name
    }

    /// What a note says, where this key signed it.
    ///
    /// Errors: [`NoteError`].
    pub fn open(&self, note: &str) -> Result<TreeHead, NoteError> {
        let (text, signatures) = parts(note)?;
        let is_signed = signatures.lines().filter_map(|line| signature(line, self.name())).any(|signature| {
            self.0.verify_strict(text.as_bytes(), &Signature::from_bytes(&signature)).is_ok()
        });
        if !is_signed {
            return Err(NoteError::Unsigned);
        }
        head(text)
    }
}

impl Display for Verifier {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let mut key = vec![ED25519];
        key.extend(self.0.as_bytes());
        write!(out, "{ORIGIN}+{}+{}", hexadecimal(&self.name()), BASE64.encode(key))
    }
}

impl FromStr for Verifier {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        let key = text.trim().splitn(3, '+').nth(2).ok_or(NoteError::NotAKey)?;
        let bytes = BASE64.decode(key).map_err(|_| NoteError::NotAKey)?;
        let Some((&ED25519, key)) = bytes.split_first() else { return Err(NoteError::NotAKey) };
        let key: &[u8; 32] = key.try_into().map_err(|_| NoteError::NotAKey)?;
        let key = VerifyingKey::from_bytes(key).map_err(|_| NoteError::NotAKey)?;
        let verifier = Self(key);
        if verifier.to_string() == text.trim() { Ok(verifier) } else { Err(NoteError::NotAKey) }
    }
}

/// Why a text is no checkpoint to go by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Not in the format.
    #[error(
        "this is no checkpoint of an audit: `{ORIGIN}`, a number, a root, an empty line and a signature are expected"
    )]
    NotACheckpoint,
    /// Signed by nobody, by another key, or altered since.
    #[error("the checkpoint is not signed by this key, or was altered since")]
    Unsigned,
    /// The key is none.
    #[error("this is no key for checkpoints: what `cordon audit key` prints is expected")]
    NotAKey,
}

/// What a note says, whoever signed it.
///
/// Errors: [`NoteError::NotACheckpoint`].
pub fn read_unchecked(note: &str) -> Result<TreeHead, NoteError> {
    head(parts(note)?.0)
}

/// The signed text with its last line's end, and the signatures.
fn parts(note: &str) -> Result<(&str, &str), NoteError> {
    let end = note.find("\n\n").ok_or(NoteError::NotACheckpoint)?;
    note.split_at_checked(end + 1).ok_or(NoteError::NotACheckpoint)
}

fn head(text: &str) -> Result<TreeHead, NoteError> {
    let mut lines = text.lines();
    let (origin, size, root) = (lines.next(), lines.next(), lines.next());
    let size = size.and_then(|size| size.parse().ok());
    let root = root.and_then(|root| BASE64.decode(root).ok()).and_then(|root| root.try_into().ok());
    match (origin, size, root) {
        (Some(ORIGIN), Some(size), Some(root)) => Ok(TreeHead { size, root: Node(root) }),
        _ => Err(NoteError::NotACheckpoint),
    }
}

/// The signature on a line, where it names the key.
fn signature(line: &str, key: [u8; KEY_NAME_BYTES]) -> Option<[u8; 64]> {
    let (name, signed) = line.strip_prefix(SIGNED_BY)?.split_once(' ')?;
    let signed = BASE64.decode(signed).ok()?;
    let (by, signature) = signed.split_at_checked(KEY_NAME_BYTES)?;
    if name != ORIGIN || by != key { None } else { signature.try_into().ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> CheckpointKey {
        CheckpointKey::from_bytes([byte; 32])
    }

    fn a_head() -> TreeHead {
        TreeHead { size: 42, root: Node::leaf(b"root") }
    }

    #[test]
    fn what_was_signed_is_read_back_by_its_key_alone() {
        let note = key(1).sign(a_head());
        assert_eq!(key(1).verifier().open(&note), Ok(a_head()));
        assert_eq!(key(2).verifier().open(&note), Err(NoteError::Unsigned));
        assert_eq!(read_unchecked(&note), Ok(a_head()));
    }

    #[test]
    fn an_altered_note_is_not_signed() {
        let note = key(1).sign(a_head()).replace("\n42\n", "\n43\n");
        assert_eq!(key(1).verifier().open(&note), Err(NoteError::Unsigned));
        for nonsense in ["", "\n\n", "cordon/audit\n1\n", "other\n1\nAAAA\n\n"] {
            assert!(key(1).verifier().open(nonsense).is_err(), "{nonsense:?}");
            assert!(read_unchecked(nonsense).is_err(), "{nonsense:?}");
        }
    }

    #[test]
    fn a_key_is_read_back_from_its_text() {
        let verifier = key(1).verifier();
        assert_eq!(verifier.to_string().parse(), Ok(verifier));
        for nonsense in ["", "a+b", "cordon/audit+00000000+AAAA", &verifier.to_string()[1..]] {
            assert_eq!(nonsense.parse::<Verifier>(), Err(NoteError::NotAKey), "{nonsense:?}");
        }
    }

    #[test]
    fn the_private_half_is_not_shown() {
        assert!(!format!("{:?}", key(1)).contains("0101"));
    }
}
