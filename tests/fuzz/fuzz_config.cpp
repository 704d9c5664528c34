// The input is config.json, or with a first byte 'i' model.safetensors.index.json, of a folder whose weights
// are sound.

#include "support/hostile_input.h"
#include "support/safetensors_writer.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace
{

namespace fs = std::filesystem;

/// A folder of this process, with weights; gone at its end.
class Folder
{
public:
    Folder()
        : m_path(fs::temp_directory_path() / ("fuzz_config." + std::to_string(getpid())))
    {
        fs::create_directories(m_path);
        const std::string weights = support::safetensors(
            {{"model.embeddings.weight", "F32", "4, 2", std::string(32, 'e')},
             {"rwkv.blocks.0.attention.time_decay", "F32", "2", std::string(8, 'd')},
             {"model.layers.0.attn.r_proj.weight", "F32", "2, 2", std::string(16, 'r')}});
        write("model.safetensors", weights);
        write("part.safetensors", weights);
    }
    ~Folder()
    {
        std::error_code ignored;
        fs::remove_all(m_path, ignored);
    }
    void write(const char *name, std::string_view bytes) const
    {
        std::ofstream(m_path / name, std::ios::binary | std::ios::trunc) << bytes;
    }
    void drop(const char *name) const { fs::remove(m_path / name); }
    std::string path() const { return m_path.string(); }

private:
    fs::path m_path;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    static const Folder folder;
    const std::string_view input(reinterpret_cast<const char *>(data), size);
    const bool isIndex = input.starts_with('i');
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
