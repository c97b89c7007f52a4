//! What else there is: nearness to the seeds' middle, and logistic regression of the seeds against everybody.

use super::dataset::Dataset;
use super::sparse::Vectors;

/// The baselines' names.
pub(crate) const NAMES: [&str; 3] = ["words, centroid", "hashtags, centroid", "words, logistic"];
/// Penalty of the logistic baseline: scikit-learn's C = 10 on some two thousand accounts.
const PENALTY_TIMES_ACCOUNTS: f64 = 0.1;
const STEPS: usize = 200;

/// The data set as the baselines see it.
pub(crate) struct Baselines {
    words: Vectors,
    hashtags: Vectors,
}

/// Whether a baseline takes so long that fewer draws must do.
pub(crate) fn is_slow(number: usize) -> bool {
    number == 2
}

impl Baselines {
    /// Counts words and hashtags.
    pub(crate) fn new(dataset: &Dataset) -> Self {
        let texts: Vec<Vec<String>> = dataset.accounts.iter().map(|account| words(&account.text)).collect();
        let tags: Vec<Vec<String>> =
            dataset.accounts.iter().map(|account| account.hashtags.clone()).collect();
        Self { words: Vectors::of(&texts, true), hashtags: Vectors::of(&tags, false) }
    }

    /// Every account's score.
    pub(crate) fn scores(&self, number: usize, seeds: &[usize]) -> Vec<f64> {
        match number {
            0 => centroid(&self.words, seeds),
            1 => centroid(&self.hashtags, seeds),
            _ => logistic(&self.words, seeds),
        }
    }
}

fn centroid(vectors: &Vectors, seeds: &[usize]) -> Vec<f64> {
    let factors = (0..vectors.rows.len()).map(|place| if seeds.contains(&place) { 1.0 } else { 0.0 });
    vectors.products(&vectors.sum(&factors.collect::<Vec<f64>>()))
}

/// Balanced classes; Nesterov's gradient steps. Rows have length 1, so that with the intercept no curvature exceeds
/// one half.
fn logistic(vectors: &Vectors, seeds: &[usize]) -> Vec<f64> {
    let accounts = vectors.rows.len() as f64;
    let (penalty, step) = (PENALTY_TIMES_ACCOUNTS / accounts, 2.0);
    let share =
        |is_seed: bool| 0.5 / if is_seed { seeds.len() as f64 } else { accounts - seeds.len() as f64 };
    let (mut at, mut ahead) = (vec![0.0; vectors.width], vec![0.0; vectors.width]);
    let (mut intercept, mut intercept_ahead, mut momentum) = (0.0, 0.0, 1.0_f64);
    for _ in 0..STEPS {
        let margins = vectors.products(&ahead);
        let residuals: Vec<f64> = margins
            .iter()
            .enumerate()
            .map(|(place, margin)| {
                let is_seed = seeds.contains(&place);
                let chance = 1.0 / (1.0 + (-margin - intercept_ahead).exp());
                share(is_seed) * (chance - if is_seed { 1.0 } else { 0.0 })
            })
            .collect();
        let slope = vectors.sum(&residuals);
        let next = (1.0 + (1.0 + 4.0 * momentum * momentum).sqrt()) / 2.0;
        let carry = (momentum - 1.0) / next;
        momentum = next;
        for ((at, ahead), slope) in at.iter_mut().zip(&mut ahead).zip(&slope) {
            let reached = *ahead - step * (slope + penalty * *ahead);
            *ahead = reached + carry * (reached - *at);
            *at = reached;
        }
        let reached = intercept_ahead - step * residuals.iter().sum::<f64>();
        intercept_ahead = reached + carry * (reached - intercept);
        intercept = reached;
    }
    vectors.products(&at)
}

/// Words as the script cuts them: addresses, mentions, the repost mark and digits blanked, then runs of two or more
/// word characters in lower case.
fn words(text: &str) -> Vec<String> {
    let mut blanked = String::with_capacity(text.len());
    for token in text.split_whitespace() {
        let end = [token.find("http://"), token.find("https://")].into_iter().flatten().min();
        let is_long =
            end.is_some_and(|end| token.get(end..).is_some_and(|rest| rest.len() > "http://".len()));
        let kept = end.filter(|_| is_long).and_then(|end| token.get(..end)).unwrap_or(token);
        let mut in_mention = false;
        for c in kept.chars() {
            in_mention = c == '@' || (in_mention && is_word(c));
            blanked.push(if in_mention || c.is_numeric() { ' ' } else { c });
        }
        blanked.push(' ');
    }
    let runs = blanked.split(|c| !is_word(c)).filter(|run| *run != "RT");
    runs.map(str::to_lowercase).filter(|run| run.chars().nth(1).is_some()).collect()
}

fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_as_the_script_cuts_them() {
        assert_eq!(
            words("RT @some_one: The 3 herons https://x.example/y #Tag_one a"),
            ["the", "herons", "tag_one"]
        );
    }

    #[test]
    fn both_methods_put_those_like_the_seeds_first() {
        let texts: Vec<Vec<String>> = (0..30)
            .map(|n| ["sea", "sky", "oak"].iter().map(|word| format!("{word}{}", n % 3)).collect())
            .collect();
        let vectors = Vectors::of(&texts, true);
        for scores in [centroid(&vectors, &[0, 3]), logistic(&vectors, &[0, 3])] {
            assert!((0..30).filter(|n| n % 3 != 0).all(|other| scores[other] < scores[6]));
        }
    }
}
