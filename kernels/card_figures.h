#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

namespace kernels
{

/// What a card's driver tells of it now, of all programs together; absent is what it does not tell.
struct CardFigures {
    std::optional<std::size_t> totalBytes, usedBytes;
    std::optional<int> busyPercent; ///< of the last moment, 0 .. 100
    std::optional<double> watts, mostWatts;
    std::optional<int> celsius;
};

/// The drivers' figures: of NVIDIA's cards through the library of management that comes with the driver,
/// opened when it is first wanted; of AMD's cards from the files of the kernel's driver. Thread-safe.
class CardWatch final
{
public:
    /// Where the figures are.
    struct Sources {
        std::string library = "libnvidia-ml.so.1";
        std::string pciFolder = "/sys/bus/pci/devices";
    };

    CardWatch();
    explicit CardWatch(Sources sources);
    ~CardWatch();
    CardWatch(const CardWatch &) = delete;
    CardWatch &operator=(const CardWatch &) = delete;

    /// Of the card at this place, "0000:c1:00.0". Nothing where no driver tells anything; `reason` says why.
    std::optional<CardFigures> read(const std::string &address, std::string *reason = nullptr);

private:
    struct Library;

    Sources m_sources;
    std::unique_ptr<Library> m_library;
};

} // namespace kernels
