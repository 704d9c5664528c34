// The input is a part of an adapter, as its first byte says: 'c' adapter_config.json beside sound tensors,
// 'p' the pickle of a .pth, else the header of a safetensors file. What opens is merged into matrices of two
// shapes.

#include "engine/adapters/kind.h"
#include "engine/adapters/mole.h"
#include "fuzz_folder.h"
#include "support/hostile_input.h"
#include "support/safetensors_writer.h"
#include "support/zip_writer.h"

#include <cmath>
#include <cstdlib>

namespace
{

namespace adapters = engine::adapters;
using engine::ErrorCode;

/// As adapters::change() goes through the rows.
void edit(const adapters::RowEdits &edits, const adapters::Target &target)
{
    const std::vector<double> row(static_cast<std::size_t>(target.in), 0.5);
    for (const auto &one : edits)
        if (one->looksFirst())
            for (std::int64_t i = 0; i < target.out; ++i)
                one->look(row);
    for (std::int64_t i = 0; i < target.out; ++i) {
        std::vector<double> changed = row;
        for (const auto &one : edits)
            one->edit(i, changed);
    }
}

void checkCode(ErrorCode code)
{
    switch (code) {
    case ErrorCode::None:
    case ErrorCode::BadFile:
    case ErrorCode::BadModel:
    case ErrorCode::UnknownFormat:
    case ErrorCode::UnsupportedModel:
        return;
    default:
        std::abort();
    }
}

void use(const adapters::AdapterFile &adapter)
{
    for (const adapters::Group &group : adapter.groups()) {
        const adapters::Kind *kind = adapters::findKind(group);
        if (!kind) continue;
        const std::int64_t rank = kind->rank(group);
        if (rank < 0) std::abort();
        for (const auto &[out, in] : {std::pair{8, 8}, {8, 4}}) {
            const adapters::Target target{group.matrix, out, in};
            checkCode(support::errorOf([&] { edit(kind->make(adapter, group, target), target); }).code());
        }
    }
    checkCode(support::errorOf([&] { adapters::sizeOf(adapter); }).code());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    static const FuzzFolder folder("fuzz_adapter");
    static const std::string sound =
        support::safetensors({{"base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight", "F32",
                               "2, 8", std::string(64, '<')},
                              {"base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight", "F32",
                               "8, 2", std::string(64, '<')}});
    const std::string_view input(reinterpret_cast<const char *>(data), size);
    const char kind = input.empty() ? '\0' : input.front();
    folder.write("adapter_config.json",
                 kind == 'c' ? input.substr(1) : R"({"peft_type":"LORA","lora_alpha":4})");
    if (kind == 'p')
        folder.write("adapter_model.safetensors",
                     support::zipFile({{.name = "m/data.pkl", .content = std::string(input.substr(1))},
                                       {.name = "m/data/0", .content = std::string(64, '<')}}));
    else
        folder.write("adapter_model.safetensors",
                     kind == 'c' ? sound : support::safetensorsOf(std::string(input), std::string(512, '<')));
    engine::AdapterUse how;
    how.path = folder.path();
    checkCode(support::errorOf([&] {
                  const adapters::AdapterFile adapter(how);
                  if (adapter.fingerprint().empty()) std::abort();
                  use(adapter);
              }).code());
    return 0;
}
