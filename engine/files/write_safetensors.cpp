// Writes safetensors. Source: huggingface/safetensors, README "Format".

#include "engine/error.h"
#include "engine/files/printable.h"
#include "engine/files/writers.h"

#include <nlohmann/json.hpp>

#include <bit>

namespace engine
{
namespace
{

using Json = nlohmann::ordered_json;

const char *dtypeOf(const OutTensor &tensor)
{
    switch (tensor.type) {
    case StoredType::F64:
        return "F64";
    case StoredType::F32:
        return "F32";
    case StoredType::F16:
        return "F16";
    case StoredType::BF16:
        return "BF16";
    case StoredType::I64:
        return "I64";
    case StoredType::I32:
        return "I32";
    case StoredType::I16:
        return "I16";
    case StoredType::I8:
        return "I8";
    case StoredType::U8:
        return "U8";
    case StoredType::Bool:
        return "BOOL";
    default:
        throw Error(ErrorCode::BadRequest,
                    printable(tensor.name) + ": safetensors cannot hold " + nameOf(tensor.type) + ".");
    }
}

} // namespace

void writeSafetensors(const OutModel &model, const ByteSink &sink)
{
    Json header = Json::object();
    Json metadata = {{"format", "pt"}};
    for (const auto &[key, value] : model.metadata)
        metadata[key] = value;
    header["__metadata__"] = std::move(metadata);
    std::uint64_t offset = 0;
    for (const OutTensor &tensor : model.tensors) {
        header[tensor.name] = {{"dtype", dtypeOf(tensor)},
                               {"shape", tensor.shape},
                               {"data_offsets", {offset, offset + tensor.bytes}}};
        offset += tensor.bytes;
    }
    std::string text = header.dump(-1, ' ', false, Json::error_handler_t::replace);
    text.resize((text.size() + 7) / 8 * 8, ' '); // so that the data is aligned
    std::string length;
    for (int i = 0; i < 8; ++i)
        length += static_cast<char>(std::uint64_t{text.size()} >> (8 * i));
    sink(std::as_bytes(std::span(length)));
    sink(std::as_bytes(std::span(text)));
    for (const OutTensor &tensor : model.tensors)
        writeTensor(model, tensor, sink);
}

} // namespace engine
