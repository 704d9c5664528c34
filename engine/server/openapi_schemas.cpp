// What the bodies of requests may hold: the schemas of the OpenAPI description. Other fields are refused by
// the paths that are OpenAI's and ours, and ignored by RWKV-Infer's, as there.
#include "engine/server/openapi.h"

namespace server
{

const char *openApiSchemas()
{
    return R"json({
"Error": {"type": "object", "required": ["error"], "properties": {"error": {"type": "object",
  "required": ["message", "type", "param", "code"], "properties": {
    "message": {"type": "string"}, "type": {"type": "string"},
    "param": {"type": ["string", "null"]}, "code": {"type": ["string", "null"]}}}}},
"Message": {"type": "object", "required": ["role"], "properties": {
  "role": {"enum": ["developer", "system", "user", "assistant", "tool"]},
  "content": {"description": "Text, or parts of type text"},
  "tool_calls": {"type": "array"}, "tool_call_id": {"type": "string"},
  "reasoning_content": {"type": "string"}}},
"Sampling": {"type": "object", "properties": {
  "model": {"type": "string", "description": "The model, or \"<model> <state>\"; absent: the loaded model"},
  "state": {"type": "string", "description": "Name of a state to start from"},
  "save_state": {"type": "string", "description": "Keeps the state behind the answer under this name"},
  "max_tokens": {"type": "integer", "minimum": 0},
  "n": {"type": "integer", "minimum": 1, "maximum": 128},
  "stream": {"type": "boolean"},
  "stream_options": {"type": "object", "properties": {"include_usage": {"type": "boolean"}}},
  "stop": {"description": "A text or at most 16"},
  "seed": {"type": "integer", "description": "Same seed, same text, in any company"},
  "temperature": {"type": "number", "minimum": 0, "maximum": 2},
  "top_p": {"type": "number", "minimum": 0, "maximum": 1, "description": "Absent: what the state or the model was loaded with, else 0.5, with which these models speak well, and not OpenAI's 1"},
  "top_k": {"type": "integer"},
  "min_p": {"type": "number", "minimum": 0, "maximum": 1},
  "typical_p": {"type": "number", "minimum": 0, "maximum": 1},
  "presence_penalty": {"type": "number", "minimum": -2, "maximum": 2},
  "frequency_penalty": {"type": "number", "minimum": -2, "maximum": 2},
  "repeat_penalty": {"type": "number", "minimum": 0.01, "maximum": 10},
  "repetition_penalty": {"type": "number", "minimum": 0.01, "maximum": 10, "description": "The same"},
  "penalty_decay": {"type": "number", "minimum": 0, "maximum": 1},
  "logit_bias": {"type": "object", "additionalProperties": {"type": "number", "minimum": -100, "maximum": 100}},
  "ignore_eos": {"type": "boolean"},
  "response_format": {"type": "object", "properties": {
    "type": {"enum": ["text", "json_object", "json_schema", "grammar"]}, "json_schema": {"type": "object",
      "description": "Understood in schemas: type, enum, const, anyOf, allOf of one, $ref, $defs, definitions; properties, required, additionalProperties: false; items, minItems, maxItems; minLength, maxLength, pattern, format (date, time, date-time, uuid, ipv4, email); minimum, maximum, exclusiveMinimum, exclusiveMaximum as whole numbers. Others, such as multipleOf, are refused by name."}}},
  "grammar": {"type": "string", "description": "GBNF"},
  "mrss_rule": {"enum": ["logits", "probabilities"]},
  "mrss_gatingweight": {"type": "array", "description": "Gates of a mix, numbers or strings"},
  "mrss_policy": {"type": "object", "required": ["kind"], "description": "Gates that follow the voices",
    "properties": {"kind": {"enum": ["off", "confidence", "entropy", "agreement"]},
      "strength": {"type": "number", "minimum": -10, "maximum": 10}}},
  "mrss_lane": {"type": "array", "description": "Gates over the answer, as the choice of an answer by a mix tells them",
    "items": {"type": "object", "required": ["token", "gates"], "properties": {
      "token": {"type": "integer", "minimum": 0}, "gates": {"type": "array"}, "curve": {"enum": ["hold", "linear"]}}}},
  "params": {"type": "object", "description": "Defaults, as RWKV-Infer takes them"},
  "delete_ragprompt": {"description": "Without effect, as in RWKV-Infer"},
  "minimum_gen_count": {"description": "Without effect, as in RWKV-Infer"},
  "input_logits_record": {"description": "Without effect, as in RWKV-Infer"}}},
"WithoutEffect": {"type": "object", "description": "Fields of OpenAI's that mean nothing to a local endpoint",
  "properties": {"user": {}, "metadata": {}, "store": {}, "service_tier": {}, "prompt_cache_key": {},
    "prompt_cache_retention": {}, "safety_identifier": {}, "verbosity": {}, "prediction": {}}},
"ChatRequest": {"allOf": [{"$ref": "#/components/schemas/Sampling"}, {"$ref": "#/components/schemas/WithoutEffect"}, {"type": "object", "required": ["messages"],
  "properties": {
    "messages": {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/Message"}},
    "max_completion_tokens": {"type": "integer", "minimum": 0},
    "tools": {"type": "array", "maxItems": 128},
    "tool_choice": {"description": "none, auto, required or a function"},
    "parallel_tool_calls": {"type": "boolean"},
    "logprobs": {"type": "boolean"},
    "top_logprobs": {"type": "integer", "minimum": 0, "maximum": 20},
    "modalities": {"type": "array", "items": {"enum": ["text"]}},
    "functions": {"not": {}, "description": "Refused: use tools"},
    "function_call": {"not": {}, "description": "Refused: use tool_choice"},
    "audio": {"not": {}, "description": "Refused"},
    "web_search_options": {"not": {}, "description": "Refused"},
    "reasoning": {"type": "object", "properties": {"effort": {"type": "string"}}},
    "reasoning_effort": {"enum": ["none", "minimal", "low", "medium", "high", "xhigh", "max"]},
    "chat_template_kwargs": {"type": "object", "properties": {"enable_thinking": {"type": "boolean"}}}}}]},
"CompletionRequest": {"allOf": [{"$ref": "#/components/schemas/Sampling"}, {"$ref": "#/components/schemas/WithoutEffect"}, {"type": "object", "required": ["prompt"],
  "properties": {
    "prompt": {"description": "A text, token ids, or at most 256 of these"},
    "best_of": {"type": "integer", "minimum": 1, "maximum": 128},
    "echo": {"type": "boolean", "description": "With logprobs those of the prompt too, of at most 16384 tokens"},
    "suffix": {"type": "string", "maxLength": 0, "description": "Refused unless empty"},
    "logprobs": {"type": "integer", "minimum": 0, "maximum": 20}}}]},
"ResponsesRequest": {"allOf": [{"$ref": "#/components/schemas/Sampling"}, {"$ref": "#/components/schemas/WithoutEffect"}, {"type": "object", "required": ["input"], "properties": {
  "input": {"description": "A text or a list of items: messages, function calls and their outputs"},
  "instructions": {"type": "string"},
  "max_output_tokens": {"type": "integer", "minimum": 16},
  "text": {"type": "object", "properties": {"format": {"type": "object"}}},
  "tools": {"type": "array", "maxItems": 128}, "tool_choice": {}, "parallel_tool_calls": {"type": "boolean"},
  "reasoning": {"type": "object", "properties": {"effort": {"type": "string"}}},
  "reasoning_effort": {"type": "string"}, "chat_template_kwargs": {"type": "object"},
  "previous_response_id": {"type": "string", "maxLength": 0, "description": "404: no response is stored"},
  "conversation": {"not": {}, "description": "Refused"}, "prompt": {"not": {}, "description": "Refused"},
  "background": {"const": false}, "include": {"type": "array", "description": "Without effect, but for log-probabilities, which are refused"},
  "top_logprobs": {"type": "integer", "minimum": 0, "maximum": 20, "description": "Without effect"},
  "truncation": {"enum": ["auto", "disabled"], "description": "Without effect: a recurrent model reads all"}}}]},
"EmbeddingRequest": {"type": "object", "required": ["input"], "properties": {
  "model": {"type": "string"},
  "input": {"description": "A text, token ids, or at most 2048 of these"},
  "encoding_format": {"enum": ["float", "base64"]},
  "user": {"description": "Without effect"},
  "dimensions": {"type": "integer", "description": "Only the model's width"}}},
"EmptyRequest": {"type": "object"},
"LoadModelRequest": {"type": "object", "required": ["model_filename"], "properties": {
  "model_filename": {"type": "string", "description": "Beneath the folder of models, or demo"},
  "model_viewname": {"type": "string"},
  "model_strategy": {"type": "string"},
  "adapter_filename": {"type": "string"}, "adapter_mode": {"enum": ["", "lora", "dora", "bone", "pissa", "hybrid"]},
  "adapter_scaling": {"type": ["number", "string"]},
  "default_temperature": {"type": ["number", "string"]}, "default_top_p": {"type": ["number", "string"]},
  "endtoken": {"type": "string", "description": "Ends answers where a request names no stop; \\n is a line end"}}},
"LoadStateRequest": {"type": "object", "required": ["state_filename", "state_viewname"], "properties": {
  "state_filename": {"type": "string"}, "state_viewname": {"type": "string"},
  "default_temperature": {"type": ["number", "string"]}, "default_top_p": {"type": ["number", "string"]}}},
"LoadMixRequest": {"type": "object", "required": ["state_filenames", "state_viewname"], "properties": {
  "state_filenames": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 16},
  "state_viewname": {"type": "string"}, "contain_originalstate": {"type": ["boolean", "string"]},
  "state_gatingweight": {"type": "array", "items": {"type": ["number", "string"]}},
  "default_temperature": {"type": ["number", "string"]}, "default_top_p": {"type": ["number", "string"]}}},
"SetGatesRequest": {"type": "object", "properties": {
  "state_viewname": {"type": "string"},
  "request": {"type": "string", "description": "Instead: the id of an answer that is being written; its gates move at its next token"},
  "state_gatingweight": {"type": "array", "items": {"type": ["number", "string"]}},
  "default_temperature": {"type": ["number", "string"]}, "default_top_p": {"type": ["number", "string"]}}},
"OpenStateRequest": {"type": "object", "required": ["name", "filename"], "properties": {
  "name": {"type": "string"}, "filename": {"type": "string", "description": "Beneath the folder of states"}}},
"ForkStateRequest": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
"SaveStateRequest": {"type": "object", "required": ["filename"], "properties": {
  "filename": {"type": "string", "pattern": "\\.state$", "description": "Beneath the folder of states"}, "note": {"type": "string"},
  "overwrite": {"type": "boolean", "default": false, "description": "Else a file that is there is refused"}}},
"TokenizeRequest": {"type": "object", "properties": {"content": {"type": "string"},
  "add_special": {"description": "Without effect"}, "parse_special": {"description": "Without effect"}}},
"DetokenizeRequest": {"type": "object", "properties": {"tokens": {"type": "array", "items": {"type": "integer"}}}}
})json";
}

} // namespace server
