//! Keys of offers whose suppliers, lineages and hardware chains are known by name.

use super::*;
use crate::model::example::Example;
use crate::model::words::Openness;

/// A French lab owned by a US group publishes `child`, made from a Chinese `root`; a German host serves it on chips
/// that need wafers from China or the US and a memory from the US after 90 days.
fn example() -> Example {
    let mut example = Example::new();
    example
        .supplier("group", "US", &[])
        .supplier("lab", "FR", &["group"])
        .supplier("school", "CN", &[])
        .supplier("cloud", "DE", &[])
        .supplier("fab_cn", "CN", &[])
        .supplier("fab_us", "US", &[])
        .supplier("memory", "US", &[])
        .supplier("chips", "FR", &[])
        .model("root", "school", Openness::OpenWeights, None)
        .model("child", "lab", Openness::OpenWeights, Some("root"))
        .model("closed", "lab", Openness::Closed, None)
        .hardware("old", "chips", &[])
        .hardware("new", "chips", &[(&["fab_cn", "fab_us"], 180.0), (&["memory"], 90.0)]);
    example.offer("child", "cloud", "DE", &["new", "old"]);
    example.offer("child", "cloud", "EU", &["new"]);
    example.offer("child", "self", "DE", &[]);
    example.offer("closed", "cloud", "FR", &[]);
    example
}

fn keys_of(offer: &str, dimension: Dimension) -> Vec<String> {
    let instance = example().instance();
    let graph = SupplyGraph::new(&instance);
    Dimensions::new(&instance, &graph).keys(dimension, instance.offer_idx(offer).unwrap())
}

fn is(offer: &str, dimension: Dimension, key: &str) -> bool {
    let instance = example().instance();
    let graph = SupplyGraph::new(&instance);
    Dimensions::new(&instance, &graph).offer_is(dimension, instance.offer_idx(offer).unwrap(), key)
}

#[test]
fn each_dimension_has_its_key() {
    for (dimension, key) in [
        (Dimension::Origin, "FR"),
        (Dimension::Control, "US"),
        (Dimension::LineageOrigin, "CN"),
        (Dimension::Developer, "lab"),
        (Dimension::Model, "child"),
        (Dimension::Openness, "open_weights"),
        (Dimension::Host, "cloud"),
        (Dimension::HostOrigin, "DE"),
        (Dimension::Region, "DE"),
        // In the order of names, not of the catalog.
        (Dimension::Hardware, "new|old"),
    ] {
        assert_eq!(keys_of("child@cloud:DE", dimension), [key], "{dimension:?}");
    }
}

#[test]
fn the_company_hosts_as_self_at_its_headquarters() {
    assert_eq!(keys_of("child@self:DE", Dimension::Host), ["self"]);
    assert_eq!(keys_of("child@self:DE", Dimension::HostOrigin), ["DE"]);
    assert!(is("child@self:DE", Dimension::HostOrigin, "EU"));
    assert!(is("child@self:DE", Dimension::Host, "self"));
}

#[test]
fn hardware_that_is_not_stated_is_unknown() {
    assert_eq!(keys_of("child@self:DE", Dimension::Hardware), ["unknown"]);
    assert_eq!(keys_of("child@self:DE", Dimension::Reach), ["unknown"]);
    assert!(is("child@self:DE", Dimension::Hardware, "unknown"));
}

/// `old` depends on its French vendor only, `new` on US memory too, but one of both is enough: FR, and the host's DE.
/// `new` alone adds US; its wafers come from CN or US, so CN cannot stop it. The developer of an open model gives
/// updates only; that of a closed one is needed, with its US parent.
#[test]
fn reach_follows_needs_that_have_no_way_around() {
    assert_eq!(keys_of("child@cloud:DE", Dimension::Reach), ["DE", "FR"]);
    assert_eq!(keys_of("child@cloud:EU", Dimension::Reach), ["DE", "FR", "US"]);
    assert_eq!(keys_of("closed@cloud:FR", Dimension::Reach), ["DE", "FR", "US", "unknown"]);
    assert!(is("child@cloud:DE", Dimension::Reach, "EU"));
    assert!(!is("child@cloud:DE", Dimension::Reach, "US"));
}

/// Wafers that are under two countries' vendors but one bloc's: the bloc reaches what no member does.
#[test]
fn a_bloc_can_reach_what_none_of_its_members_does() {
    let mut example = Example::new();
    example
        .supplier("fab_de", "DE", &[])
        .supplier("fab_fr", "FR", &[])
        .supplier("cloud", "US", &[])
        .model("m", "cloud", Openness::OpenSource, None)
        .hardware("chip", "cloud", &[(&["fab_de", "fab_fr"], 0.0)]);
    example.offer("m", "cloud", "US", &["chip"]);
    let instance = example.instance();
    let dimensions = Dimensions::new(&instance, &SupplyGraph::new(&instance));
    assert!(dimensions.offer_is(Dimension::Reach, 0, "EU"));
    assert!(
        !dimensions.offer_is(Dimension::Reach, 0, "DE") && !dimensions.offer_is(Dimension::Reach, 0, "FR")
    );
    assert_eq!(dimensions.keys(Dimension::Reach, 0), ["US"]);
}

#[test]
fn a_limit_reads_jurisdictions_with_blocs_parents_and_ancestors() {
    for (dimension, holds, fails) in [
        (Dimension::Origin, &["FR", "EU", "US"][..], &["CN", "DE"][..]),
        (Dimension::Control, &["US"], &["FR", "EU"]),
        (Dimension::LineageOrigin, &["CN", "FR", "EU", "US"], &["DE"]),
        (Dimension::HostOrigin, &["DE", "EU"], &["FR", "US"]),
        (Dimension::Region, &["DE", "EU"], &["FR", "XX"]),
        (Dimension::Developer, &["lab"], &["group"]),
        (Dimension::Hardware, &["old|new", "new|old"], &["old", "new"]),
    ] {
        assert!(holds.iter().all(|key| is("child@cloud:DE", dimension, key)), "{dimension:?}");
        assert!(!fails.iter().any(|key| is("child@cloud:DE", dimension, key)), "{dimension:?}");
    }
}

#[test]
fn a_site_in_a_bloc_is_in_none_of_its_countries() {
    assert_eq!(keys_of("child@cloud:EU", Dimension::Region), ["EU"]);
    assert!(is("child@cloud:EU", Dimension::Region, "EU"));
    assert!(!is("child@cloud:EU", Dimension::Region, "DE"));
}
