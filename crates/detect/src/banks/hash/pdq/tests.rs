use super::*;
use proptest::prelude::*;

/// Five pixels to a window: an even window, as the reference has it, moves the picture by half a pixel.
const SIDE_PIXELS: usize = 640;

/// A picture that nobody took: smooth patches of greys drawn by a fixed rule, unlike itself when turned.
fn drawn(side: usize) -> Luma {
    const PATCHES: f32 = 14.0;
    let grey = |row: u64, column: u64| {
        let mixed = (row * 131 + column + 7).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (mixed >> 40 & 0xff) as f32
    };
    let between = |one: f32, two: f32, share: f32| one + (two - one) * share * share * (3.0 - 2.0 * share);
    let pixel = |index: usize| {
        let place = |number: usize| (number as f32 + 0.5) / side as f32 * PATCHES;
        let (y, x) = (place(index / side), place(index % side));
        let (row, column) = (y as u64, x as u64);
        let along = |row| between(grey(row, column), grey(row, column + 1), x.fract());
        between(along(row), along(row + 1), y.fract())
    };
    Luma::new(side, (0..side * side).map(pixel).collect()).unwrap()
}

fn moved(image: &Luma, from: impl Fn(usize, usize) -> (usize, usize)) -> Luma {
    let side = image.columns;
    let pixels = (0..side * side).map(|index| {
        let (row, column) = from(index / side, index % side);
        image.pixels[row * side + column]
    });
    Luma::new(side, pixels.collect()).unwrap()
}

fn hashed(image: Luma) -> PdqOfImage {
    PdqHasher::default().hash(image).unwrap()
}

#[test]
fn every_form_out_of_one_transform_is_the_hash_of_the_turned_picture() {
    let image = drawn(SIDE_PIXELS);
    let last = SIDE_PIXELS - 1;
    let turned: [Luma; 8] = [
        image.clone(),
        moved(&image, |row, column| (column, last - row)),
        moved(&image, |row, column| (last - row, last - column)),
        moved(&image, |row, column| (last - column, row)),
        moved(&image, |row, column| (last - row, column)),
        moved(&image, |row, column| (row, last - column)),
        moved(&image, |row, column| (column, row)),
        moved(&image, |row, column| (last - column, last - row)),
    ];
    let forms = hashed(image).forms;
    for ((form, hash), turned) in Dihedral::ALL.iter().zip(forms).zip(turned) {
        let distance = hash.distance(hashed(turned).upright());
        assert!(distance <= 16, "{}: {distance} bits", form.name());
    }
    for (number, one) in forms.iter().enumerate() {
        for two in &forms[number + 1..] {
            assert!(one.distance(*two) > 60, "forms are told apart");
        }
    }
}

#[test]
fn a_smaller_and_a_brighter_copy_have_nearly_the_same_hash() {
    let hash = hashed(drawn(SIDE_PIXELS)).upright();
    assert!(hashed(drawn(384)).upright().distance(hash) <= 16);
    let mut brighter = drawn(SIDE_PIXELS);
    brighter.pixels.iter_mut().for_each(|pixel| *pixel = *pixel * 0.8 + 30.0);
    assert!(hashed(brighter).upright().distance(hash) <= 10);
}

#[test]
fn an_even_surface_has_no_quality_and_no_telling_hash() {
    let grey = hashed(Luma::new(80, vec![0.0; 6_400]).unwrap());
    assert_eq!(grey.quality, 0);
    assert!(!grey.upright().is_telling());
    let image = hashed(drawn(SIDE_PIXELS));
    assert!(image.quality >= 50 && image.upright().is_telling(), "{}", image.quality);
}

#[test]
fn a_picture_of_four_pixels_a_side_has_no_hash() {
    assert_eq!(PdqHasher::default().hash(Luma::new(4, vec![0.0; 16]).unwrap()), None);
}

/// The slow twin: every mean taken anew.
fn slow_blur(values: &[f32], window: usize) -> Vec<f32> {
    let mean = |place: usize| {
        let (from, to) = window_at(place, values.len(), window);
        values[from..to].iter().sum::<f32>() / (to - from) as f32
    };
    (0..values.len()).map(mean).collect()
}

proptest! {
    #[test]
    fn text_and_hash_are_one(words in any::<[u64; 4]>()) {
        let hash = Pdq(words);
        prop_assert_eq!(Pdq::parse(&hash.to_string()), Some(hash));
    }

    #[test]
    fn distance_is_symmetric_and_keeps_the_triangle(
        a in any::<[u64; 4]>(), b in any::<[u64; 4]>(), c in any::<[u64; 4]>()
    ) {
        let (a, b, c) = (Pdq(a), Pdq(b), Pdq(c));
        prop_assert_eq!(a.distance(b), b.distance(a));
        prop_assert_eq!(a.distance(a), 0);
        prop_assert!(a.distance(c) <= a.distance(b) + b.distance(c));
    }

    #[test]
    fn the_running_blur_is_the_mean_of_the_window(
        values in proptest::collection::vec(0.0f32..255.0, 5..200), window in 1usize..5
    ) {
        let mut along = vec![0.0; values.len()];
        blur(&values, &mut along, window);
        let mut down = vec![0.0; values.len()];
        blur_columns(&values, &mut down, 1, window);
        for ((along, down), slow) in along.iter().zip(&down).zip(slow_blur(&values, window)) {
            prop_assert!((along - slow).abs() < 0.01 && (down - slow).abs() < 0.01);
        }
    }
}
