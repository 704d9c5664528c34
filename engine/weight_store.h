#pragma once

#include "engine/files/tensor_file.h"
#include "engine/placement.h"
#include "engine/tensor.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace engine
{

/// The weights of one model on its devices. Families ask for each tensor once, by name and expected shape.
///
/// A store made with the planning constructor hands out empty views and only checks names and shapes and
/// counts bytes, so that a forecast runs the very code of a load. Errors: a missing name, a wrong shape, a
/// type that is no float, NaN or infinity (also after conversion to fp16) throw Error(BadModel) naming the
/// tensor; a stopped load throws LoadCancelled, also within large tensors. Ownership: owns the file (when
/// loading) and all device memory. Thread: a job, then immutable.
class WeightStore final
{
public:
    enum class Orientation : std::uint8_t { AsStored, Transposed };
    /// Called with the bytes of the file that are done.
    using Progress = std::function<void(std::uint64_t done)>;

    /// The device of every item of a placement, which measures and holds what belongs to the item.
    using ItemDevices = std::vector<kernels::Device *>;

    /// Plans. Without devices packed weights are not counted. File and devices must outlive the store.
    WeightStore(const TensorFile &file, Placement placement, ItemDevices devices);
    /// Loads. Everything is copied out of the file, so that nobody who cuts it later can harm the model.
    WeightStore(std::unique_ptr<TensorFile> file, Placement placement, ItemDevices devices, Progress progress,
                std::stop_token stop);
    WeightStore(const WeightStore &) = delete;
    WeightStore &operator=(const WeightStore &) = delete;

    const TensorFile &file() const { return m_file; }
    const Placement &placement() const { return m_placement; }
    /// What the user sets of what files do not tell.
    struct Overrides {
        float headNormEpsilon = 0; ///< LoadSpec::headNormEpsilon
        int contextTokens = 0;     ///< LoadSpec::contextTokens
    };
    const Overrides &overrides() const { return m_overrides; }
    void setOverrides(const Overrides &overrides) { m_overrides = overrides; }

    /// A small tensor of this shape as float32, on the device of the layer that its name tells (of item 0 for
    /// the embedding's, of the head's for others); dimensions of size 1 in the file are ignored.
    kernels::View vector(const std::string &name, const std::vector<std::int64_t> &shape)
    {
        return derived(name, shape, nullptr, 1);
    }
    /// As vector, with f applied to every number (unless it is nullptr), which is then repeated `repeats`
    /// times: [shape...] becomes [shape..., repeats].
    kernels::View derived(const std::string &name, const std::vector<std::int64_t> &shape, float (*f)(float),
                          int repeats);
    /// [rows, cols] packed in the format that the placement gives to matrices of `layer`, or to the head if
    /// it is Placement::layers(); Transposed: the file holds [cols, rows].
    kernels::Weight matrix(int layer, const std::string &name, std::int32_t rows, std::int32_t cols,
                           Orientation orientation = Orientation::AsStored);
    /// As matrix, for the small low-rank factors, which strategies keep in a high precision.
    kernels::Weight factor(int layer, const std::string &name, std::int32_t rows, std::int32_t cols,
                           Orientation orientation = Orientation::AsStored);
    /// The factor [rows, cols] that is number `part` of the `parts` in a tensor [parts, cols, rows].
    kernels::Weight factorPart(int layer, const std::string &name, int part, int parts, std::int32_t rows,
                               std::int32_t cols);
    /// [rows, cols] row-major on the device of item 0: in the placement's format of the embedding, else in
    /// the file's own type, or in fp16 where that must be decoded (fp64: fp32).
    kernels::View table(const std::string &name, std::int32_t rows, std::int32_t cols);

    /// Changes elements of a tensor on their way to the device: `values` are whole rows of `cols` numbers (a
    /// vector is one row), beginning with element `first` of the tensor as the file has it.
    using Edit = std::function<void(std::size_t first, std::int32_t cols, std::span<float> values)>;
    /// True if a family asked for the tensor.
    bool isUsed(const std::string &name) const { return m_used.contains(name); }
    /// Reads a tensor that is loaded anew from the file, and puts it changed by `edit` (empty: as it is,
    /// which gives the same bits as loading it) where it was. Throws as loading does; the memory of this
    /// tensor then holds something between.
    void rewrite(const std::string &name, const Edit &edit);

    std::size_t ownBytes() const; ///< device memory taken, of all devices
    std::size_t ownBytes(const kernels::Device &device) const;
    std::uint64_t wantedBytes() const { return m_wantedBytes; } ///< of the file, asked for so far
    /// Before the first matrix of a loading store: makes room for the streamed layers that `planned` has
    /// seen, two of them on every device that computes in memory of its own.
    void reserveStreams(const WeightStore &planned);
    /// By item: whether its matrices must be brought to the device before it runs.
    std::vector<bool> streamedItems() const;
    /// Copies the matrices of a streamed item into its device's buffer, in the order of the device's stream.
    void bring(int item);

    /// Ends loading: no more progress, the stop token is forgotten.
    void finish();
    /// Names in the file that nobody asked for.
    std::vector<std::string> unused() const;

private:
    /// Rows of a tensor that lie together.
    struct Slab {
        std::size_t offset, rowBytes; ///< as stored; offset: bytes from the start of the tensor
        std::int32_t rows;
        std::size_t cols;
    };
    struct Packing {
        kernels::Format format = kernels::Format::F32;
        bool transposed = false;
        bool isMatrix = false;  ///< one of those that streamed layers do not keep on the device
        std::size_t offset = 0; ///< bytes from the start of the tensor
    };
    using SliceVisitor = std::function<void(std::int32_t first, std::int32_t rows, kernels::DType type,
                                            std::span<std::byte> data)>;

    const TensorEntry &find(const std::string &name, const std::vector<std::int64_t> &shape);
    /// The matrices of a streamed layer, packed, on the host.
    struct Stream {
        std::vector<std::byte> host;
        std::size_t bytes = 0;       ///< as planned
        std::byte *buffer = nullptr; ///< on the device; every second streamed layer shares it
    };

    kernels::Device *deviceOf(int item) const;
    bool isStreamed(int item) const;
    std::byte *streamTarget(int item, std::size_t bytes);
    std::size_t largestStream(const kernels::Device &device) const;
    int itemOf(const std::string &name) const;
    kernels::Weight pack(int layer, const TensorEntry &entry, std::int32_t rows, std::int32_t cols,
                         const Packing &how);
    void packSlices(const TensorEntry &entry, std::size_t offset, kernels::Device &device,
                    const kernels::PackWeight &pack);
    void *own(int item, std::size_t bytes, const std::string &name);
    void forSlices(const TensorEntry &entry, Slab slab, std::int32_t multiple, bool toHalf,
                   kernels::Device &device, const SliceVisitor &visit);
    void fill(const TensorEntry &entry, std::function<void()> work);
    std::span<std::byte> edited(const TensorEntry &entry, std::size_t first, std::size_t cols,
                                std::span<std::byte> data, kernels::DType &type);
    std::span<std::byte> decoded(const TensorEntry &entry, std::span<std::byte> data, std::size_t count);
    static void checkFinite(const TensorEntry &entry, std::span<const std::byte> data, kernels::DType type,
                            bool toHalf);
    void checkStop() const;

    std::unique_ptr<TensorFile> m_owned; ///< the file of a loading store
    const TensorFile &m_file;
    Placement m_placement;
    Overrides m_overrides;
    ItemDevices m_devices;    ///< of every item; empty: bytes are not wanted
    bool m_isLoading = false; ///< else planning
    Progress m_progress;
    std::stop_token m_stop;
    std::vector<Tensor> m_memory;
    std::map<int, Stream> m_streams; ///< by item
    std::set<std::string, std::less<>> m_used;
    std::map<const kernels::Device *, std::size_t> m_ownBytes;
    std::uint64_t m_wantedBytes = 0;
    std::uint64_t m_done = 0;
    std::vector<std::byte> m_slice; ///< of the file, while loading
    std::vector<float> m_decoded;   ///< the slice's numbers, where the file's type must be decoded
    std::multimap<std::string, std::function<void()>, std::less<>> m_fills; ///< what loaded each tensor
    Edit m_edit;                                                            ///< while rewriting
    std::vector<float> m_edited;                                            ///< the slice, changed
};

} // namespace engine
