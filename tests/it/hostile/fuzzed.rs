//! The bodies of the fuzz targets, over their seeds and over what chance makes of them.

use std::panic;

use crate::support::Chance;

#[path = "../../../fuzz/bodies.rs"]
mod bodies;

const SEED: u64 = 20_261_104;
/// Inputs of a target.
const INPUTS: usize = 3_000;

#[test]
fn what_the_fuzz_targets_hold_is_held() {
    let seed = Chance::seeded(SEED);
    for (name, target) in bodies::TARGETS {
        let (_, seeds) = bodies::SEEDS.into_iter().find(|(of, _)| *of == name).unwrap();
        let mut chance = Chance::of(seed);
        for number in 0..INPUTS {
            let mut input = seeds[number % seeds.len()].to_vec();
            if number >= seeds.len() {
                chance.mutates(&mut input);
            }
            let held = panic::catch_unwind(|| target(&input));
            assert!(
                held.is_ok(),
                "{name}, seed {seed}, number {number}: {:?}",
                String::from_utf8_lossy(&input)
            );
        }
    }
}

/// The targets of the manifest are these.
#[test]
fn every_target_is_built() {
    let manifest = include_str!("../../../fuzz/Cargo.toml");
    for (name, _) in bodies::TARGETS {
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
    }
    assert_eq!(manifest.matches("[[bin]]").count(), bodies::TARGETS.len());
}
