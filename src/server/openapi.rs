//! The OpenAPI description of the interface, from the types that are read and written.

use schemars::generate::{SchemaGenerator, SchemaSettings};
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};

use super::requests::{JobRequest, LandscapeRequest, StudyRequest};
use crate::report::answer::about::AboutAnswer;
use crate::report::answer::check::CheckAnswer;
use crate::report::answer::exposure::ExposureAnswer;
use crate::report::answer::job::JobAnswer;
use crate::report::answer::landscape::LandscapeAnswer;
use crate::report::answer::offer_sources::OfferSourcesAnswer;
use crate::report::answer::refusal::RefusalAnswer;
use crate::report::answer::shock::ShockAnswer;
use crate::report::answer::simulate::SimulateAnswer;
use crate::report::answer::stress::StressAnswer;
use crate::report::answer::what_if::WhatIfAnswer;

/// The lists of `/api/v1/list/WHAT`.
const LISTS: [&str; 9] =
    ["hardware", "hosts", "limits", "models", "offers", "rules", "scenarios", "shocks", "suppliers"];

/// The description, OpenAPI 3.1.
pub(super) fn openapi() -> Value {
    let mut written = Described::new(true);
    let mut read = Described::new(false);
    let study = body(&read.schema::<StudyRequest>());
    let weights = body(&read.schema::<LandscapeRequest>());
    let job = body(&read.schema::<JobRequest>());
    let refusal = written.schema::<RefusalAnswer>();
    let json = |schema: &Value| json!({"application/json": {"schema": schema}});
    let operation = |summary: &str, request: Option<&Value>, (status, content): (&str, Value)| {
        let mut responses = Map::new();
        responses.insert(status.to_owned(), json!({"description": "The answer.", "content": content}));
        let refused = json!({"description": "The request is refused.", "content": json(&refusal)});
        for status in ["400", "401", "403", "404", "405", "408", "413", "415", "422", "429"] {
            responses.insert(status.to_owned(), refused.clone());
        }
        let mut operation = json!({"summary": summary, "responses": responses});
        if let Some(body) = request {
            operation["requestBody"] = body.clone();
        }
        operation
    };
    let posted = |summary: &str, request: &Value, answer: &Value| json!({"post": operation(summary, Some(request), ("200", json(answer)))});
    let any = json!({"type": "object"});
    let text = |kind: &str| json!({kind: {"schema": {"type": "string"}}});
    let named =
        |name: &str, schema: Value| json!({"name": name, "in": "path", "required": true, "schema": schema});
    let id = named("id", json!({"type": "string"}));
    let with = |mut path: Value, parameters: Value| {
        path["parameters"] = parameters;
        path
    };
    let job_answer = written.schema::<JobAnswer>();
    let workload = json!({
        "name": "workload", "in": "query", "required": false, "schema": {"type": "string"},
        "description": "With `offers`: what this workload may use.",
    });
    let mut paths = Map::new();
    let mut path = |at: &str, item: Value| paths.insert(format!("/api/v1{at}"), item);
    path("/openapi.json", json!({"get": operation("This description.", None, ("200", json(&any)))}));
    path(
        "/about",
        json!({"get": operation("What is served.", None, ("200", json(&written.schema::<AboutAnswer>())))}),
    );
    path(
        "/list/{what}",
        with(
            json!({"get": operation("What there is to choose from: `list`.", None, ("200", json(&any)))}),
            json!([named("what", json!({"enum": LISTS})), workload]),
        ),
    );
    path(
        "/shocks/{id}",
        with(
            json!({"get": operation("One shock: `shocks show`.", None, ("200", json(&written.schema::<ShockAnswer>())))}),
            json!([id]),
        ),
    );
    path(
        "/offers/{id}",
        with(
            json!({"get": operation("Where the figures of one offer come from.", None, ("200", json(&written.schema::<OfferSourcesAnswer>())))}),
            json!([id]),
        ),
    );
    path("/what-if", posted("A changed portfolio.", &study, &written.schema::<WhatIfAnswer>()));
    path("/exposure", posted("`exposure`", &study, &written.schema::<ExposureAnswer>()));
    path("/stress", posted("`stress`", &study, &written.schema::<StressAnswer>()));
    path("/simulate", posted("`simulate`", &study, &written.schema::<SimulateAnswer>()));
    path("/check", posted("`check`", &study, &written.schema::<CheckAnswer>()));
    path("/landscape", posted("`landscape`", &weights, &written.schema::<LandscapeAnswer>()));
    let yaml = ("200", json!({"application/yaml": {"schema": any}}));
    path("/portfolio", json!({"post": operation("The changed portfolio as a file.", Some(&study), yaml)}));
    let begun = ("202", json(&job_answer));
    path("/jobs", json!({"post": operation("Begins a job.", Some(&job), begun)}));
    path(
        "/jobs/{id}",
        with(
            json!({
                "get": operation("A job.", None, ("200", json(&job_answer))),
                "delete": operation("Cancels a job.", None, ("200", json(&job_answer))),
            }),
            json!([id]),
        ),
    );
    let events = ("200", text("text/event-stream"));
    path(
        "/jobs/{id}/events",
        with(json!({"get": operation("A job as it goes on.", None, events)}), json!([id])),
    );
    let schemas: Map<String, Value> = written.definitions().into_iter().chain(read.definitions()).collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "multipolar serve",
            "version": "1",
            "description": "What the commands answer, about a portfolio that is changed on the way.",
        },
        "security": [{"bearer": []}, {"token": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "token": {"type": "apiKey", "in": "query", "name": "token"},
            },
        },
    })
}

fn body(schema: &Value) -> Value {
    json!({"required": true, "content": {"application/json": {"schema": schema}}})
}

/// Schemas that refer to each other under `components`.
struct Described(SchemaGenerator);

impl Described {
    fn new(is_written: bool) -> Self {
        let settings = SchemaSettings::draft2020_12().with(|settings| {
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
        });
        let settings = if is_written { settings.for_serialize() } else { settings.for_deserialize() };
        Self(settings.into_generator())
    }

    fn schema<T: JsonSchema>(&mut self) -> Value {
        let schema: Schema = self.0.subschema_for::<T>();
        schema.into()
    }

    fn definitions(mut self) -> Map<String, Value> {
        self.0.take_definitions(true)
    }
}
