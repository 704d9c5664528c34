// PyTorch's zip form (torch.save since 1.6): a pickle that describes the tensors, and their bytes beside it.
// Source: torch/serialization.py; caffe2/serialize/inline_container.h.

#include "engine/files/printable.h"
#include "engine/files/torch_file.h"
#include "engine/files/zip.h"

namespace engine
{
namespace
{

std::string readEntry(const MappedFile &file, const Zip &zip, const char *name, std::uint64_t largest)
{
    const Zip::Entry *entry = zip.find(name);
    if (!entry)
        file.refuse("a zip file without " + printable(name) + ": not one that PyTorch saved",
                    ErrorCode::UnsupportedModel);
    if (entry->bytes > largest)
        file.refuse(std::string(name) + ": expected at most " + std::to_string(largest) + " bytes, found " +
                    std::to_string(entry->bytes));
    std::string content(entry->bytes, '\0');
    file.copyOut(entry->dataBegin, std::as_writable_bytes(std::span(content)));
    return content;
}

} // namespace

std::unique_ptr<TensorFile> openPth(std::unique_ptr<const MappedFile> file)
{
    const MappedFile &source = *file; // the result keeps it alive
    const Zip zip(source);
    if (zip.find("byteorder") && readEntry(source, zip, "byteorder", 16) != "little")
        source.refuse("expected little-endian tensors", ErrorCode::UnsupportedModel);
    const std::string content = readEntry(source, zip, "data.pkl", kLargestPickle);
    const Pickle pickle(source, content);
    return openTorchTensors(std::move(file), pickle, [&](std::string_view key) -> std::optional<StorageSpan> {
        const Zip::Entry *entry = zip.find("data/" + std::string(key));
        return entry ? std::optional(StorageSpan{entry->dataBegin, entry->bytes}) : std::nullopt;
    });
}

} // namespace engine
