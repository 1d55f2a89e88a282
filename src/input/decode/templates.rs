//! Decoder of the suppliers of a template of shocks (methodology/shocks.md#templates).

use super::Fields;
use super::scalars::Choices;
use crate::input::at::At;
use crate::model::shock::{Each, EachRole};
use crate::model::words::SupplierClass;
use crate::shocks::kinds::KINDS;

const CLASSES: Choices<SupplierClass> = &[
    (SupplierClass::Hyperscaler.as_str(), SupplierClass::Hyperscaler),
    (SupplierClass::Lab.as_str(), SupplierClass::Lab),
    (SupplierClass::Neocloud.as_str(), SupplierClass::Neocloud),
    (SupplierClass::Regional.as_str(), SupplierClass::Regional),
    (SupplierClass::Own.as_str(), SupplierClass::Own),
];

/// The suppliers under `each`, without those that `unless` leaves out; `None` for a shock that is no template.
pub(super) fn each(f: &Fields<'_>) -> Option<Each> {
    let unless = f.optional("unless");
    let Some(at) = f.optional("each") else {
        if let Some(unless) = unless {
            let help = "name them, such as 'each: {hosts: {class: [regional]}}', or remove 'unless'";
            let message = "'unless' leaves suppliers out of 'each', which is missing".to_owned();
            unless.error_at_key("missing-key", message, Some(help.into()));
        }
        return None;
    };
    let roles = at.fields();
    let (hosts, developers) = (roles.optional("hosts"), roles.optional("developers"));
    roles.close();
    let unless_kind = unless.and_then(|at| kind(&at));
    match (hosts, developers) {
        (Some(at), None) => Some(suppliers(&at, EachRole::Host, unless_kind)),
        (None, Some(at)) => Some(suppliers(&at, EachRole::Developer, unless_kind)),
        _ => {
            let message =
                "a template stands for its 'hosts' or its 'developers': name one of them".to_owned();
            at.error("missing-key", message, Some("write 'hosts: {}' for all hosts".into()));
            None
        }
    }
}

fn suppliers(at: &At<'_>, role: EachRole, unless_kind: Option<&'static str>) -> Each {
    let f = at.fields();
    let classes = f.optional("class").map(|at| at.choices(CLASSES)).unwrap_or_default();
    let each = Each { role, classes, except: f.ids("except"), unless_kind };
    f.close();
    each
}

/// The kind under `kind`.
fn kind(at: &At<'_>) -> Option<&'static str> {
    let names: Vec<&'static str> = KINDS.iter().map(|kind| kind.name).collect();
    let f = at.fields();
    let found = f.required("kind").and_then(|at| at.word(&names));
    f.close();
    found
}
