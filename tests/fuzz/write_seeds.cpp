// Writes well-formed inputs for the fuzz targets: fuzz_seeds <folder>.

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
    const std::string file =
        safetensors({{"a", "F32", "2, 4", std::string(32, 'd')}, {"b", "BF16", "16", std::string(32, 'd')}},
                    R"("format":"pt")");
    write(root / "safetensors", "header", file.substr(8, file.size() - 8 - 64));
    write(root / "safetensors", "file", file);
    write(root / "vocabulary", "lines",
          "300 'ab' 2\n301 \"it's\" 4\r\n302 b'\\xff\\xfe' 2\n303 '\\u4f60\\n' 4\n");
    write(root / "vocabulary", "escapes", R"(300 '\U0001f426\\\'\"\t\r' 9)");
    write(root / "vocabulary", "literal", R"('\x80\u4f60 ab')");
    std::ifstream tokenizer(ROOKERY_SOURCE_DIR "/tests/data/tokenizers/qwen-like.json", std::ios::binary);
    write(root / "tokenizer_json", "qwen", {std::istreambuf_iterator<char>(tokenizer), {}});
    return 0;
}
