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

    /// A small tensor of this shape as float32, on the device of the layer that its name tells (of item 0 for
    /// the embedding's, of the head's for others); dimensions of size 1 in the file are ignored.
    kernels::View vector(const std::string &name, const std::vector<std::int64_t> &shape);
    /// [rows, cols] packed in the format that the placement gives to matrices of `layer`, or to the head if
    /// it is Placement::layers(); Transposed: the file holds [cols, rows].
    kernels::Weight matrix(int layer, const std::string &name, std::int32_t rows, std::int32_t cols,
                           Orientation orientation = Orientation::AsStored);
    /// As matrix, for the small low-rank factors, which strategies keep in a high precision.
    kernels::Weight factor(int layer, const std::string &name, std::int32_t rows, std::int32_t cols,
                           Orientation orientation = Orientation::AsStored);
    /// [rows, cols] row-major on the device of item 0: in the placement's format of the embedding, else in
    /// the file's own type, or in fp16 where that must be decoded (fp64: fp32).
    kernels::View table(const std::string &name, std::int32_t rows, std::int32_t cols);

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
    using SliceVisitor =
        std::function<void(std::int32_t first, std::int32_t rows, std::span<std::byte> data)>;

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
    kernels::Weight pack(int layer, kernels::Format format, const std::string &name, std::int32_t rows,
                         std::int32_t cols, Orientation orientation, bool isMatrix);
    void *own(int item, std::size_t bytes, const std::string &name);
    void forSlices(const TensorEntry &entry, std::int32_t rows, std::int32_t multiple, bool toHalf,
                   kernels::Device &device, const SliceVisitor &visit);
    std::span<std::byte> decoded(const TensorEntry &entry, std::span<std::byte> data, std::size_t count);
    void checkFinite(const TensorEntry &entry, std::span<const std::byte> data, bool toHalf) const;
    void checkStop() const;

    std::unique_ptr<TensorFile> m_owned; ///< the file of a loading store
    const TensorFile &m_file;
    Placement m_placement;
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
};

} // namespace engine
