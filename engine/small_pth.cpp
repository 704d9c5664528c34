#include "engine/small_pth.h"

#include "kernels/formats/bf16.h"

#include <array>
#include <cstring>

namespace engine
{
namespace
{

constexpr const char *kRoot = "archive/";
constexpr std::size_t kAlignment = 64;

std::string little(std::uint64_t value, int bytes)
{
    std::string out;
    for (int i = 0; i < bytes; ++i)
        out += static_cast<char>(value >> (8 * i));
    return out;
}

/// CRC-32 of ISO 3309, as zip wants it.
std::uint32_t checksum(const std::string &bytes)
{
    static const auto kTable = [] {
        std::array<std::uint32_t, 256> table{};
        for (std::uint32_t i = 0; i < 256; ++i) {
            std::uint32_t x = i;
            for (int bit = 0; bit < 8; ++bit)
                x = (x >> 1) ^ ((x & 1U) != 0 ? 0xEDB88320U : 0U);
            table[i] = x;
        }
        return table;
    }();
    std::uint32_t crc = ~0U;
    for (const char c : bytes)
        crc = kTable[(crc ^ static_cast<unsigned char>(c)) & 0xFFU] ^ (crc >> 8);
    return ~crc;
}

/// A zip file in the making.
class ZipWriter
{
public:
    void add(const std::string &name, const std::string &content)
    {
        const std::string path = kRoot + name;
        const std::size_t begin = m_bytes.size();
        const std::size_t header = 30 + path.size() + 4; // an extra field of at least its own header
        const std::size_t padding = (kAlignment - (begin + header) % kAlignment) % kAlignment;
        const std::string sizes =
            little(checksum(content), 4) + little(content.size(), 4) + little(content.size(), 4);
        const std::string common = little(20, 2) + little(0x0800, 2) + little(0, 2) + little(0, 4) + sizes;
        m_bytes += "PK\3\4" + common + little(path.size(), 2) + little(4 + padding, 2) + path + "FB" +
                   little(padding, 2) + std::string(padding, 'Z') + content;
        m_directory += "PK\1\2" + little(20, 2) + common + little(path.size(), 2) + little(0, 2) +
                       little(0, 2) + little(0, 2) + little(0, 2) + little(0, 4) + little(begin, 4) + path;
        ++m_entries;
    }
    std::string finish()
    {
        const std::size_t begin = m_bytes.size();
        m_bytes += m_directory + "PK\5\6" + little(0, 4) + little(m_entries, 2) + little(m_entries, 2) +
                   little(m_directory.size(), 4) + little(begin, 4) + little(0, 2);
        return std::move(m_bytes);
    }

private:
    std::string m_bytes, m_directory;
    std::size_t m_entries = 0;
};

// Pieces of a pickle, protocol 2 (CPython Lib/pickletools.py).

std::string text(const std::string &value) { return "X" + little(value.size(), 4) + value; }

std::string integer(std::int64_t value) { return "\x8A\x08" + little(static_cast<std::uint64_t>(value), 8); }

std::string tuple(const std::vector<std::int64_t> &values)
{
    std::string out = "(";
    for (const std::int64_t value : values)
        out += integer(value);
    return out + "t";
}

/// torch._utils._rebuild_tensor_v2(storage, 0, sizes, strides, False, OrderedDict())
std::string tensorPiece(const SmallTensor &tensor, std::size_t index, bool asBf16)
{
    std::vector<std::int64_t> strides(tensor.shape.size(), 1);
    for (std::size_t i = tensor.shape.size(); i-- > 1;)
        strides[i - 1] = strides[i] * tensor.shape[i];
    const std::string storage = "(" + text("storage") + "ctorch\n" +
                                (asBf16 ? "BFloat16Storage\n" : "FloatStorage\n") +
                                text(std::to_string(index)) + text("cpu") +
                                integer(static_cast<std::int64_t>(tensor.values.size())) + "tQ";
    return "ctorch._utils\n_rebuild_tensor_v2\n(" + storage + integer(0) + tuple(tensor.shape) +
           tuple(strides) + "\x89" + "ccollections\nOrderedDict\n)RtR";
}

std::string bytesOf(const std::vector<float> &values, bool asBf16)
{
    std::string bytes(values.size() * (asBf16 ? 2 : 4), '\0');
    if (!asBf16 && !values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
    for (std::size_t i = 0; asBf16 && i < values.size(); ++i) {
        const std::uint16_t half = kernels::Bf16Format::encode(values[i]);
        std::memcpy(bytes.data() + 2 * i, &half, 2);
    }
    return bytes;
}

} // namespace

std::string smallPth(const std::vector<SmallTensor> &tensors, bool asBf16)
{
    std::string pickle = "\x80\x02}(";
    for (std::size_t i = 0; i < tensors.size(); ++i)
        pickle += text(tensors[i].name) + tensorPiece(tensors[i], i, asBf16);
    ZipWriter zip;
    zip.add("data.pkl", pickle + "u.");
    zip.add("byteorder", "little");
    for (std::size_t i = 0; i < tensors.size(); ++i)
        zip.add("data/" + std::to_string(i), bytesOf(tensors[i].values, asBf16));
    zip.add("version", "3\n");
    return zip.finish();
}

} // namespace engine
