//! Reading a configuration of LiteLLM, version 1.110.2.

use std::path::Path;

use super::deployments::{credentials, deployments};
use super::includes::{self, ConfigFiles, sections};
use super::nodes::{Problems, YamlAt};
use super::secrets;
use super::settings;
use crate::input::InputError;
use crate::input::diagnostic::sort;
use crate::model::gateway::GatewayConfig;

/// Sections that say something about routing.
const ROUTING_SECTIONS: [&str; 4] = ["credential_list", "litellm_settings", "model_list", "router_settings"];
/// Deployments that a configuration may have.
const MOST_DEPLOYMENTS: usize = 2_000;
/// Targets of fallbacks that it may name.
const MOST_TARGETS: usize = 10_000;

/// Reads a configuration with everything that it includes. Secrets are noted by their keys, and not read.
///
/// # Errors
/// [`InputError::Unreadable`] when one of the files cannot be read; [`InputError::Invalid`] when one is not YAML, is out of
/// bounds, or misses what the gateway needs.
pub fn read_gateway_config(path: &Path) -> Result<GatewayConfig, InputError> {
    let ConfigFiles { files, mut problems } = includes::read(path)?;
    let config = config(&files, &mut problems);
    if problems.0.is_empty() {
        return Ok(config);
    }
    sort(&mut problems.0);
    Err(InputError::Invalid(problems.0))
}

fn config(files: &[crate::input::foreign::ForeignFile], problems: &mut Problems) -> GatewayConfig {
    let mut config = GatewayConfig {
        files: files.iter().map(|file| file.file.clone()).collect(),
        secrets: files.iter().flat_map(|file| secrets::seen(YamlAt::root(file))).collect(),
        ..GatewayConfig::default()
    };
    for file in files {
        let root = YamlAt::root(file);
        if !root.is_map() {
            let message = format!("a configuration is a map of sections, and not {}", root.kind());
            problems.error(root, "wrong-type", message, "begin with 'model_list:'");
        }
    }
    if !problems.0.is_empty() {
        return config;
    }
    let sections = sections(files);
    let parts = |name: &str| sections.get(name).map_or(&[][..], Vec::as_slice);
    if parts("model_list").is_empty() {
        let message = "the section 'model_list' is missing".to_owned();
        problems.error(
            YamlAt::root(&files[0]),
            "missing-key",
            message,
            "list the deployments under 'model_list:'",
        );
    }
    let credentials = credentials(parts("credential_list"));
    config.deployments = deployments(parts("model_list"), &credentials, problems);
    if config.deployments.len() > MOST_DEPLOYMENTS {
        let message = format!("more than {MOST_DEPLOYMENTS} deployments are listed");
        problems.error(YamlAt::root(&files[0]), "file-too-large", message, "split the configuration");
    }
    let setting = |name: &str| parts(name).last().copied();
    settings::read(&mut config, setting("router_settings"), setting("litellm_settings"), problems);
    let n_targets: usize = config.fallbacks.iter().map(|entry| entry.targets.len()).sum();
    if n_targets + config.default_fallbacks.len() > MOST_TARGETS {
        let message = format!("more than {MOST_TARGETS} fallbacks are named");
        problems.error(YamlAt::root(&files[0]), "file-too-large", message, "split the configuration");
    }
    config.other_sections = sections
        .keys()
        .filter(|name| !ROUTING_SECTIONS.contains(name))
        .map(|name| secrets::shown(name))
        .collect();
    config
}
