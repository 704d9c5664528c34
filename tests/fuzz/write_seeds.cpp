// Writes well-formed inputs for the fuzz targets: fuzz_seeds <folder>.

#include "support/gguf_writer.h"
#include "support/pickle_writer.h"
#include "support/safetensors_writer.h"

#include <filesystem>
#include <fstream>
#include <iostream>

using namespace support;
namespace pkl = support::pickle;

namespace
{

void write(const std::filesystem::path &folder, const std::string &name, const std::string &content)
{
    std::filesystem::create_directories(folder);
    std::ofstream(folder / name, std::ios::binary) << content;
}

/// The header of a safetensors file.
std::string headerOf(const std::vector<SafeTensor> &tensors, const std::string &metadata = {})
{
    std::size_t data = 0;
    for (const SafeTensor &tensor : tensors)
        data += tensor.bytes.size();
    const std::string file = safetensors(tensors, metadata);
    return file.substr(8, file.size() - 8 - data);
}

SafeTensor part(const std::string &name, const std::string &shape, std::size_t elements)
{
    return {"blocks.0." + name, "F32", shape, std::string(elements * 4, '<')};
}

void writeAdapters(const std::filesystem::path &folder)
{
    const SafeTensor a = part("att.key.lora_A", "2, 8", 16), b = part("att.key.lora_B", "8, 2", 16);
    write(folder, "lora", headerOf({a, b, part("att.x_k", "1, 1, 8", 8)}, R"("lora_alpha":"4")"));
    write(folder, "dora", headerOf({a, b, part("att.key.lora_M", "1, 8", 8)}));
    write(folder, "dora-rows", headerOf({a, b, part("att.key.lora_magnitude_vector", "8", 8)}));
    write(folder, "pissa",
          headerOf({a, b, part("att.key.init_lora_A", "2, 8", 16), part("att.key.init_lora_B", "8, 2", 16)}));
    write(folder, "bone", headerOf({part("att.key.bone", "4, 2, 2", 16), part("ffn.key.bone", "2, 8", 16)}));
    write(folder, "miss",
          headerOf({part("att.key.miss_block", "2, 4", 8), part("ffn.key.disha", "8, 2", 16)}));
    write(folder, "mole",
          headerOf({part("ffn.moe_info", "2", 2), part("ffn.router.linear.weight", "1, 8", 8),
                    part("ffn.expert_0.key.lora_A_expert_0", "2, 8", 16),
                    part("ffn.expert_1.value.lora_B_expert_0.weight", "8, 2", 16)}));
    const std::string storage = pkl::storage("Float", "0", 16);
    write(folder, "pth",
          'p' + pkl::kProto +
              pkl::dict({pkl::text("blocks.0.att.key.lora_A"), pkl::tensor(storage, 0, {2, 8}, {8, 1}),
                         pkl::text("blocks.0.att.key.lora_B"), pkl::tensor(storage, 0, {8, 2}, {2, 1})}) +
              pkl::kStop);
    write(
        folder, "config",
        R"(c{"peft_type":"LORA","r":2,"lora_alpha":4,"use_rslora":true,"alpha_pattern":{"q_proj":8},"x":[1,null]})");
    write(folder, "config-pissa",
          R"(c{"peft_type":"LORA","lora_alpha":1e3,"init_lora_weights":"pissa_niter_4"})");
}

} // namespace

int main(int count, char **arguments)
{
    if (count != 2) {
        std::cerr << "usage: fuzz_seeds <folder>\n";
        return 1;
    }
    const std::filesystem::path root = arguments[1];
    const std::string tensors =
        pkl::dict({pkl::text("a"), pkl::tensor(pkl::storage("Byte", "0", 64), 0, {8, 8}, {8, 1}),
                   pkl::text("b"), pkl::tensor(pkl::storage("Half", "1", 8), 0, {2, 4}, {1, 2})});
    write(root / "pth", "tensors", pkl::kProto + tensors + pkl::kStop);
    write(root / "pth", "wrapped", pkl::kProto + pkl::dict({pkl::text("state_dict"), tensors}) + pkl::kStop);
    write(root / "pth", "parameter",
          pkl::kProto +
              pkl::dict({pkl::text("p"), pkl::call(pkl::global("torch._utils", "_rebuild_parameter"),
                                                   {pkl::tensor(pkl::storage("Float", "0", 16), 1, {3}, {5}),
                                                    pkl::kTrue, pkl::dict({})})}) +
              pkl::kStop);
    write(root / "pth", "protocol4",
          std::string("\x80\x04\x95\x20\0\0\0\0\0\0\0}\x94(\x8c\1a\x94K\1\x8c\1b\x94]\x94(K\2G@"
                      "\x0c\0\0\0\0\0\0\x88Neu.",
                      43));
    write(root / "pth", "file", pkl::pth(tensors, {std::string(64, '0'), std::string(16, '1')}));
    write(root / "pth", "file64",
          zipFile({{.name = "m/data.pkl", .content = "\x80\x02}.", .is64 = true}}, {.is64 = true}));
    const std::vector<SafeTensor> two = {{"a", "F32", "2, 4", std::string(32, 'd')},
                                         {"b", "BF16", "16", std::string(32, 'd')}};
    write(root / "safetensors", "header", headerOf(two, R"("format":"pt")"));
    write(root / "safetensors", "file", safetensors(two, R"("format":"pt")"));
    const std::vector<std::string> keys = {ggufString("general.architecture", "rwkv7"),
                                           ggufNumber("rwkv7.wkv.head_size", 2),
                                           ggufTexts("tokenizer.ggml.tokens", {"<s>", "a"})};
    const std::string gguf7 =
        gguf(keys, {{"token_embd.weight", {4, 3}, 0, std::string(48, 'e')},
                    {"blk.0.time_mix_lerp_fused.weight", {2, 1, 1, 6}, 0, std::string(48, 'x')},
                    {"blk.1.time_mix_w1.weight", {4, 2}, 1, std::string(16, 'x')},
                    {"blk.1.time_mix_r_k.weight", {4}, 0, std::string(16, 'x')}});
    write(root / "gguf", "rwkv7", std::string(1, '\0') + gguf7.substr(4));
    const std::string gguf6 =
        gguf({ggufString("general.architecture", "rwkv6"), ggufNumber("rwkv6.rescale_every_n_layers", 1)},
             {{"blk.1.time_mix_output.weight", {32, 1}, 8, std::string(34, 'x')},
              {"blk.1.channel_mix_value.weight", {256, 1}, 14, std::string(210, 'x')}});
    write(root / "gguf", "rwkv6", std::string(1, '\0') + gguf6.substr(4));
    const std::string bin = ggmf(ggmfTensor("blocks.0.att.time_decay", {2}, 0, std::string(8, 'x')) +
                                 ggmfTensor("blocks.0.att.x_rwkvag", {1, 1, 6}, 0, std::string(24, 'x')) +
                                 ggmfTensor("blocks.0.att.key.weight", {32, 1}, 7, std::string(22, 'x')));
    write(root / "gguf", "ggmf", std::string(1, '\1') + bin.substr(4));
    const std::string legacy = pkl::legacyPth(
        pkl::dict({pkl::text("a"), pkl::tensor(pkl::legacyStorage("Byte", "k", 4), 0, {2, 2}, {1, 2})}),
        {"k"}, {"abcd"});
    write(root / "legacy_pth", "file", legacy.substr(21));
    write(root / "blocks", "q8_0", std::string("\12\1", 2) + std::string(34, 'q'));
    write(root / "blocks", "q6_k", std::string("\23\1", 2) + std::string(210, 'q'));
    write(root / "vocabulary", "lines",
          "300 'ab' 2\n301 \"it's\" 4\r\n302 b'\\xff\\xfe' 2\n303 '\\u4f60\\n' 4\n");
    write(root / "vocabulary", "escapes", R"(300 '\U0001f426\\\'\"\t\r' 9)");
    write(root / "vocabulary", "literal", R"('\x80\u4f60 ab')");
    std::ifstream tokenizer(ROOKERY_SOURCE_DIR "/tests/data/tokenizers/qwen-like.json", std::ios::binary);
    write(root / "tokenizer_json", "qwen", {std::istreambuf_iterator<char>(tokenizer), {}});
    write(
        root / "jinja", "chat",
        "{%- for m in messages if m.role != 'x' -%}{{ '<|' ~ m['role'] | upper }}{{ m.content[1:] | trim }}\n"
        "{%- set ns = namespace(n=loop.index0 + 1) %}{% if not loop.last and ns.n > 0 %}{{ ns.n }}{% endif %}"
        "{% endfor %}{% macro f(a, b=2) %}{{ a * b }}{% endmacro %}{{ f(3) }}{{ range(4) | list | join(',') "
        "}}"
        "{% if add_generation_prompt %}{{ {'a': [1, 2.5]} | tojson }}{% endif %}");
    write(root / "state", "tuned", headerOf({part("att.time_state", "2, 2, 2", 8)}, R"("format":"pt")"));
    write(
        root / "state", "saved",
        R"({"__metadata__":{"format":"rookery state","version":"1","layout":"rwkv7 1 x 4","model":"fuzzed",)"
        R"("fingerprint":"0123","matrix":"value, key","checksum":"0"},)"
        R"("blocks.0.att.time_state":{"dtype":"F32","shape":[2,2,2],"data_offsets":[0,32]}})");
    write(root / "state", "list",
          pkl::pth("](" + pkl::tensor(pkl::storage("Float", "0", 4), 0, {4}, {1}) +
                       pkl::tensor(pkl::storage("Float", "1", 8), 0, {2, 2, 2}, {4, 2, 1}) +
                       pkl::tensor(pkl::storage("Float", "0", 4), 0, {4}, {1}) + "e",
                   {std::string(16, '<'), std::string(32, '<')}));
    write(root / "layouts", "fla",
          "model.embeddings.weight F32 4 2\nmodel.layers.0.attn.x_r BF16 1 1 "
          "2\nmodel.layers.0.attn.w_lora.lora.0.weight "
          "BF16 2 2\nmodel.layers.0.attn.r_proj.weight BF16 2 2\nlm_head.weight F32 4 2\n");
    write(root / "layouts", "web-rwkv",
          "emb.weight BF16 4 2\nblocks.0.att.time_mix_x BF16 2\nblocks.0.att.time_mix_w1 BF16 10 2\n"
          "blocks.0.att.time_mix_w2 BF16 5 2 2\nblocks.0.att.time_first BF16 1 2\n");
    write(root / "layouts", "transformers",
          "rwkv.embeddings.weight F32 4 2\nrwkv.blocks.0.attention.time_mix_key F32 1 1 2\n"
          "rwkv.blocks.0.feed_forward.key.weight F32 8 2\nhead.weight F32 4 2\n");
    write(root / "layouts", "hybrid",
          "model.embed_tokens.weight BF16 4 2\nmodel.layers.0.self_attn.q_proj.weight BF16 2 2\n"
          "model.layers.0.mlp.gate_proj.weight BF16 4 2\nmodel.layers.0.input_layernorm.weight BF16 2\n");
    const std::string zero(1, '\0');
    write(root / "stored_vocabulary", "rwkv",
          zero + "<s>\na\n\\x00\n\\n" + zero + zero + "3111" + zero + "a\n");
    write(root / "stored_vocabulary", "gpt2",
          "\1a\nb\nab\n<|e|>" + zero + "a b" + zero + "1113" + zero + "abba<|e|>");
    write(
        root / "config", "rwkv7",
        R"({"model_type":"rwkv7","hidden_size":2,"num_hidden_layers":1,"head_dim":2,"norm_eps":1e-5,"a":{"b":[1,null]}})");
    write(root / "config", "index",
          R"(i{"metadata":{"total_size":56},"weight_map":{"model.embeddings.weight":"part.safetensors"}})");
    writeAdapters(root / "adapter");
    write(root / "pack", "pack",
          R"({"base":"a","parts":[{"name":"pirate","kind":"state","file":"states/a.pth","about":"x"},)"
          R"({"name":"owl","kind":"lora","file":"b.pth","rank":8,"alpha":8.5},)"
          R"({"name":"x","file":"../secret"},{"file":"/etc/hosts"},{"file":"."}]})");
    write(root / "gbnf", "all",
          "root ::= a (\"x\" | [^a-c\\n\\u00e9]{1,3})* # end\na ::= \"\\x41\"? . | \"(\" root \")\"\n");
    write(
        root / "json_schema", "object",
        R"({"type":"object","properties":{"a":{"type":"string","maxLength":3},"b":{"$ref":"#/$defs/n"}},"required":["a"],
              "$defs":{"n":{"anyOf":[{"type":"integer","minimum":-2,"maximum":17},{"enum":[null,"x"]},{"$ref":"#"}]}}})");
    write(root / "json_schema", "texts",
          R"({"type":"array","items":{"type":"string","pattern":"^a[b-d]+\\d?$"},"minItems":1})");
    const std::string host = " HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n";
    write(root / "http", "get", '\0' + ("GET /v1/models" + host + "\r\n"));
    write(root / "http", "post",
          '\0' + ("POST /v1/completions" + host +
                  "Content-Type: application/json\r\nContent-Length: 14\r\n\r\n{\"prompt\": \"x\"}"));
    write(root / "http", "chunked",
          '\0' + ("POST /tokenize" + host +
                  "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                  "10\r\n{\"content\": \"xy\"\r\n1\r\n}\r\n0\r\n\r\n"));
    write(root / "http", "chat",
          "\3"
          R"({"messages":[{"role":"user","content":[{"type":"text","text":"x"}]}],
        "stream":true,"stream_options":{"include_usage":true},"n":2,"stop":["a"],"seed":1,"logprobs":true,
        "top_logprobs":2,"logit_bias":{"5":-1},"tools":[{"type":"function","function":{"name":"f",
        "parameters":{"type":"object"}}}],"tool_choice":"auto"})");
    write(root / "http", "completion",
          "\4"
          R"({"prompt":[[1,2],"x"],"best_of":2,"echo":true,"logprobs":1,"max_tokens":0})");
    write(root / "http", "response",
          "\5"
          R"({"input":[{"role":"user","content":"x"},{"type":"function_call",
        "name":"f","call_id":"c"},{"type":"function_call_output","call_id":"c","output":"y"}],"stream":true})");
    write(root / "http", "mix",
          "\24"
          R"({"state_viewname":"m","state_filenames":["a"],"state_gatingweight":["1"],
        "contain_originalstate":"True"})");
    return 0;
}
