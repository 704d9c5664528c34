#pragma once

#include "engine/error.h"
#include "engine/files/tensor_file.h"

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace engine
{

/// The tensors of a file under BlinkDL's names, in his shapes and orientation. What is stored the same way
/// is handed through; what is not is made when it is read, one tensor at a time, so that opening costs no
/// memory. A layout (layouts.h) fills it with add...() and ends with finish().
///
/// Ownership: owns the file. Thread: add and finish by one thread, then any; reads of made tensors wait for
/// each other.
class TranslatedFile final : public TensorFile
{
public:
    /// Turns the bytes of a source tensor into those of the new one.
    using Make = std::function<std::vector<std::byte>(std::vector<std::byte>)>;

    explicit TranslatedFile(std::unique_ptr<TensorFile> source);

    const TensorFile &source() const { return *m_source; }

    /// As stored; `shape` has as many elements as the source's, empty: the same.
    void add(const TensorEntry &from, std::string name, std::vector<std::int64_t> shape = {});
    /// Part `index` along the first dimension, without that dimension. Refuses block types.
    void addPart(const TensorEntry &from, std::string name, std::int64_t index);
    /// Half `index` (0, 1) of the rows of a matrix. Refuses anything but a matrix with an even number of
    /// rows.
    void addHalf(const TensorEntry &from, std::string name, int index);
    /// The last two dimensions swapped; block types become float32.
    void addTransposed(const TensorEntry &from, std::string name);
    /// All numbers times 2^exponent.
    void addScaled(const TensorEntry &from, std::string name, int exponent);
    /// Anything else.
    void addMade(const TensorEntry &from, std::string name, StoredType type, std::vector<std::int64_t> shape,
                 Make make);
    /// Throws Error(BadFile) if two tensors have the same name.
    void finish();

    /// Throws Error(BadFile) naming the file.
    [[noreturn]] void refuse(const std::string &what, ErrorCode code = ErrorCode::BadFile) const;

    void read(const TensorEntry &tensor, std::size_t offset, std::span<std::byte> to) const override;
    void verifyUnchanged() const override { m_source->verifyUnchanged(); }
    const StoredVocabulary *vocabulary() const override { return m_source->vocabulary(); }

private:
    struct Origin {
        const TensorEntry *entry = nullptr; ///< in m_source
        std::size_t firstByte = 0;          ///< in it
        int exponent = 0;
        Make make;
    };

    TensorEntry &append(const TensorEntry &from, std::string name, Origin origin);
    void readScaled(const TensorEntry &tensor, const Origin &origin, std::size_t offset,
                    std::span<std::byte> to) const;
    void readMade(const TensorEntry &tensor, const Origin &origin, std::size_t offset,
                  std::span<std::byte> to) const;

    std::unique_ptr<TensorFile> m_source;
    std::vector<Origin> m_origins; ///< of m_tensors
    mutable std::mutex m_mutex;
    mutable const Origin *m_madeOf = nullptr; ///< guarded by m_mutex
    mutable std::vector<std::byte> m_made;    ///< guarded by m_mutex
};

/// Matrices of `rows` x `cols` elements of `width` bytes, one behind the other, each transposed.
std::vector<std::byte> transposedBytes(const std::vector<std::byte> &from, std::size_t rows, std::size_t cols,
                                       std::size_t width);
/// Decodes a source tensor to float32 and applies `change` to every number.
TranslatedFile::Make changingEach(StoredType type, float (*change)(float));

} // namespace engine
