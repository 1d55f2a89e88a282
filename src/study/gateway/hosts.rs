//! Whose an endpoint or a provider of a gateway is, and whose models names begin like.

/// Hosts by the ends of their endpoints' names; the longest end counts.
pub(super) const ENDPOINTS: [(&str, &str); 34] = [
    ("api.ai21.com", "ai21"),
    ("api.anthropic.com", "anthropic"),
    ("api.cerebras.ai", "cerebras"),
    ("api.cohere.com", "cohere"),
    ("api.deepinfra.com", "deepinfra"),
    ("api.deepseek.com", "deepseek"),
    ("api.fireworks.ai", "fireworks"),
    ("api.friendli.ai", "friendli"),
    ("api.groq.com", "groq"),
    ("api.minimax.chat", "minimax-cn"),
    ("api.minimax.io", "minimax-intl"),
    ("api.mistral.ai", "mistral"),
    ("api.moonshot.ai", "moonshot-intl"),
    ("api.moonshot.cn", "moonshot-cn"),
    ("api.openai.com", "openai"),
    ("api.publicai.co", "publicai"),
    ("api.regolo.ai", "regolo"),
    ("api.sambanova.ai", "sambanova"),
    ("api.scaleway.ai", "scaleway"),
    ("api.siliconflow.cn", "siliconflow-cn"),
    ("api.together.xyz", "together"),
    ("api.x.ai", "xai"),
    ("api.z.ai", "zai-intl"),
    ("azure.com", "azure"),
    ("bigmodel.cn", "zhipu-cn"),
    ("dashscope-intl.aliyuncs.com", "alibaba-intl"),
    ("dashscope.aliyuncs.com", "alibaba-cn"),
    ("aiplatform.googleapis.com", "google-vertex"),
    ("amazonaws.com", "aws-bedrock"),
    ("generativelanguage.googleapis.com", "google"),
    ("nebius.com", "nebius"),
    ("ovh.net", "ovhcloud"),
    ("stackit.cloud", "stackit"),
    ("studio.nebius.ai", "nebius"),
];
/// Services that pass requests on to hosts of their own choice.
pub(super) const BROKERS: [(&str, &str); 5] = [
    ("openrouter", "OpenRouter"),
    ("github", "GitHub Models"),
    ("vercel_ai_gateway", "Vercel AI Gateway"),
    ("litellm_proxy", "another LiteLLM"),
    ("huggingface", "Hugging Face"),
];
/// The same by the ends of their endpoints' names.
pub(super) const BROKER_ENDPOINTS: [(&str, &str); 4] = [
    ("openrouter.ai", "OpenRouter"),
    ("models.github.ai", "GitHub Models"),
    ("ai-gateway.vercel.sh", "Vercel AI Gateway"),
    ("router.huggingface.co", "Hugging Face"),
];
/// Providers that are programs for the company's own machines.
pub(super) const OWN_MACHINES: [&str; 9] = [
    "hosted_vllm",
    "infinity",
    "llamafile",
    "lm_studio",
    "ollama",
    "ollama_chat",
    "triton",
    "vllm",
    "xinference",
];
/// The provider whose protocol any other host may speak.
pub(super) const OPENAI_PROTOCOL: &str = "openai";
/// Developers by how the names of their models begin.
pub(super) const FAMILIES: [(&str, &str); 24] = [
    ("claude", "anthropic"),
    ("codestral", "mistral"),
    ("command", "cohere"),
    ("deepseek", "deepseek"),
    ("devstral", "mistral"),
    ("gemini", "google"),
    ("gemma", "google"),
    ("glm", "zhipu"),
    ("gpt", "openai"),
    ("grok", "xai"),
    ("jamba", "ai21"),
    ("kimi", "moonshot"),
    ("llama", "meta"),
    ("magistral", "mistral"),
    ("minimax", "minimax"),
    ("ministral", "mistral"),
    ("mistral", "mistral"),
    ("mixtral", "mistral"),
    ("nova", "amazon"),
    ("o1", "openai"),
    ("o3", "openai"),
    ("phi", "microsoft"),
    ("pixtral", "mistral"),
    ("qwen", "alibaba"),
];

/// Whether a host name is one of a private network (RFC 1918, RFC 6762), or has no dot.
pub(super) fn is_private(name: &str) -> bool {
    let octets: Vec<u8> = name.split('.').map_while(|part| part.parse().ok()).collect();
    let is_address = octets.len() == 4 && name.split('.').count() == 4;
    let private_address = match octets[..] {
        [10 | 127, ..] | [192, 168, ..] => true,
        [172, second, ..] => (16..32).contains(&second),
        _ => false,
    };
    let is_inside = [".internal", ".local", ".lan", ".corp", ".svc", ".cluster.local", ".intranet"];
    if is_address {
        private_address
    } else {
        !name.contains('.') || is_inside.iter().any(|end| name.ends_with(end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_private_address_is_the_company_itself() {
        for name in
            ["10.1.2.3", "172.16.0.1", "192.168.1.1", "localhost", "vllm", "gpu.corp", "a.svc.cluster.local"]
        {
            assert!(is_private(name), "{name}");
        }
        for name in ["172.32.0.1", "8.8.8.8", "api.example.com", "10.example.com"] {
            assert!(!is_private(name), "{name}");
        }
    }
}
