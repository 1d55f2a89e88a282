//! Plans for routers other than LiteLLM, as far as their formats carry them: requests of OpenRouter, configs of Portkey.

pub mod openrouter;
pub mod portkey;
