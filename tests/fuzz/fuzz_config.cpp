// The input is config.json, or with a first byte 'i' model.safetensors.index.json, of a folder whose weights
// are sound.

#include "fuzz_folder.h"
#include "support/hostile_input.h"
#include "support/safetensors_writer.h"

#include <cstdlib>

namespace
{

void writeWeights(const FuzzFolder &folder)
{
    const std::string weights =
        support::safetensors({{"model.embeddings.weight", "F32", "4, 2", std::string(32, 'e')},
                              {"rwkv.blocks.0.attention.time_decay", "F32", "2", std::string(8, 'd')},
                              {"model.layers.0.attn.r_proj.weight", "F32", "2, 2", std::string(16, 'r')}});
    folder.write("model.safetensors", weights);
    folder.write("part.safetensors", weights);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    static const FuzzFolder folder("fuzz_config");
    static const bool isWritten = (writeWeights(folder), true);
    const std::string_view input(reinterpret_cast<const char *>(data), size);
    const bool isIndex = isWritten && input.starts_with('i');
    folder.write("config.json", isIndex ? "{\"model_type\": \"rwkv7\"}" : input);
    if (isIndex)
        folder.write("model.safetensors.index.json", input.substr(1));
    else
        folder.drop("model.safetensors.index.json");
    const engine::Error error =
        support::errorOf([&] { support::checkSound(*engine::TensorFile::open(folder.path())); });
    switch (error.code()) {
    case engine::ErrorCode::None:
    case engine::ErrorCode::BadFile:
    case engine::ErrorCode::UnknownFormat:
    case engine::ErrorCode::UnsupportedModel:
    case engine::ErrorCode::FileNotFound:
    case engine::ErrorCode::FileUnreadable:
        return 0;
    default:
        std::abort();
    }
}
