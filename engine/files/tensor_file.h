#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace engine
{

struct StoredVocabulary;

/// Element type as stored in a file: plain numbers, or blocks of them (block_types.h).
enum class StoredType : std::uint8_t {
    F64,
    F32,
    F16,
    BF16,
    I64,
    I32,
    I16,
    I8,
    U8,
    Bool,
    Q8_0,
    Q4_0,
    Q4_1,
    Q5_0,
    Q5_1,
    Q2_K,
    Q3_K,
    Q4_K,
    Q5_K,
    Q6_K
};
inline constexpr std::size_t kStoredTypes = 20;

std::size_t bytesOf(StoredType type); ///< of one element; 0 for block types, see blockOf()
const char *nameOf(StoredType type);  ///< "fp32", "bf16", "int64", "q4_k", ...

/// One named tensor: row-major and contiguous, little-endian. `data` points into the mapped file (any
/// alignment) or into memory that the TensorFile owns; nullptr where the tensor is made when it is read.
/// TensorFile::read() serves all of them.
struct TensorEntry {
    std::string name;
    StoredType type = StoredType::F32;
    std::vector<std::int64_t> shape; ///< may be empty (scalar)
    const std::byte *data = nullptr;
    std::size_t bytes = 0;

    std::int64_t elements() const;
    /// The shape without dimensions of size 1: [1, 1, C] -> [C].
    std::vector<std::int64_t> squeezed() const;
    /// "[2, 3]" for messages.
    std::string shapeText() const;
};

/// Read-only index of the named tensors of a model, state or adapter file. The file is treated as hostile:
/// every number in it is checked against the file's size before it is used; nothing in it is ever executed.
/// Ownership: keeps the file mapped; entries live as long as the TensorFile. Thread: immutable after open.
class TensorFile
{
public:
    virtual ~TensorFile() = default;

    /// Opens by magic bytes, not by name; `path` may also be the folder of a Hugging Face model, or a file in
    /// it. Tensors have BlinkDL's names, shapes and orientation whatever the format. Throws Error:
    /// FileNotFound, FileUnreadable, UnknownFormat, BadFile (message names what was expected and found),
    /// UnsupportedModel (a recognised kind of file that is not a set of tensors).
    static std::unique_ptr<TensorFile> open(const std::string &path);
    /// The same for a file that lies in memory and outlives the result; `name` stands for its path.
    static std::unique_ptr<TensorFile> openBytes(std::span<const std::byte> bytes, const std::string &name);

    const std::string &path() const { return m_path; }
    const char *container() const { return m_container; } ///< "pth", "safetensors", "gguf", "ggmf"
    std::uint64_t fileBytes() const { return m_fileBytes; }
    /// In file order; names are unique.
    const std::vector<TensorEntry> &tensors() const { return m_tensors; }
    const TensorEntry *find(std::string_view name) const; ///< nullptr if absent
    /// Copies `to.size()` bytes of a tensor of this file, from `offset` in it. Unlike reading `tensor.data`
    /// it cannot kill the process (SIGBUS) if somebody cuts the file meanwhile. Throws Error(BadFile,
    /// FileUnreadable).
    virtual void read(const TensorEntry &tensor, std::size_t offset, std::span<std::byte> to) const;
    /// What the file says beside its tensors: "config.<key>" (a Hugging Face folder), "gguf.<key>", or as in
    /// the file (safetensors).
    const std::map<std::string, std::string> &metadata() const { return m_metadata; }
    /// The vocabulary in the file, or nullptr. Lives as long as the TensorFile.
    virtual const StoredVocabulary *vocabulary() const { return nullptr; }
    /// Throws Error(BadFile) if the file on disk was replaced, changed or cut since it was opened.
    virtual void verifyUnchanged() const = 0;

protected:
    /// For readers, when m_tensors is complete: builds the index of names. Returns a name that occurs twice,
    /// if any.
    std::optional<std::string_view> indexNames();

    std::string m_path;
    const char *m_container = "";
    std::uint64_t m_fileBytes = 0;
    std::vector<TensorEntry> m_tensors;
    std::map<std::string, std::string> m_metadata;

private:
    std::vector<std::uint32_t> m_byName; ///< indices into m_tensors, sorted by name
};

} // namespace engine
