//! Small random supply graphs for property tests.

use proptest::prelude::*;

use crate::model::example::Example;
use crate::model::instance::Instance;
use crate::model::words::Openness;

/// Number of suppliers in a random instance.
pub(super) const N_SUPPLIERS: usize = 6;

/// One hardware item: vendor, and needs as alternatives among suppliers (below `N_SUPPLIERS`) and earlier items.
pub(super) type RandomHardware = (usize, Vec<(Vec<usize>, u16)>);
/// One offer: developer, host, whether closed, hardware alternatives.
pub(super) type RandomOffer = (usize, usize, bool, Vec<usize>);

pub(super) fn hardware() -> impl Strategy<Value = Vec<RandomHardware>> {
    let need = (prop::collection::vec(0..N_SUPPLIERS + 4, 1..3), 0..200u16);
    prop::collection::vec((0..N_SUPPLIERS, prop::collection::vec(need, 0..3)), 1..5)
}

pub(super) fn offers() -> impl Strategy<Value = Vec<RandomOffer>> {
    let offer = (0..N_SUPPLIERS, 0..N_SUPPLIERS, any::<bool>(), prop::collection::vec(0..4usize, 0..3));
    prop::collection::vec(offer, 1..5)
}

/// An instance with these entries; each offer has a hardware buffer of 100 days.
pub(super) fn world(hardware: &[RandomHardware], offers: &[RandomOffer]) -> Instance {
    let mut example = Example::new();
    let supplier = |s: usize| format!("s{s}");
    for s in 0..N_SUPPLIERS {
        example.supplier(&supplier(s), "US", &[]);
    }
    for (idx, (vendor, needs)) in hardware.iter().enumerate() {
        let named: Vec<(Vec<String>, f64)> = needs
            .iter()
            .map(|(alternatives, buffer)| {
                // Only earlier items, so that there is no cycle.
                let provider = |&a: &usize| match a.checked_sub(N_SUPPLIERS) {
                    Some(item) if item < idx => format!("h{item}"),
                    _ => supplier(a % N_SUPPLIERS),
                };
                let mut ids: Vec<String> = alternatives.iter().map(provider).collect();
                ids.sort();
                ids.dedup();
                (ids, f64::from(*buffer))
            })
            .collect();
        let ids: Vec<Vec<&str>> =
            named.iter().map(|(ids, _)| ids.iter().map(String::as_str).collect()).collect();
        let needs: Vec<(&[&str], f64)> =
            ids.iter().zip(&named).map(|(ids, (_, buffer))| (ids.as_slice(), *buffer)).collect();
        example.hardware(&format!("h{idx}"), &supplier(*vendor), &needs);
    }
    for (idx, (developer, host, is_closed, items)) in offers.iter().enumerate() {
        let openness = if *is_closed { Openness::Closed } else { Openness::OpenWeights };
        let model = format!("m{idx}");
        example.model(&model, &supplier(*developer), openness, None);
        let mut items: Vec<String> = items.iter().map(|i| format!("h{}", i % hardware.len())).collect();
        items.sort();
        items.dedup();
        let items: Vec<&str> = items.iter().map(String::as_str).collect();
        example.offer(&model, &supplier(*host), "DE", &items).hardware_buffer_days = 100.0;
    }
    example.instance()
}
