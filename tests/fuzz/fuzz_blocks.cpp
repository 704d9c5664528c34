// The input is a type and blocks of it, not always whole ones: decoded, scaled and encoded again.

#include "engine/files/block_types.h"
#include "support/thrown_error.h"

#include <cstdlib>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size < 2) return 0;
    const auto type = static_cast<engine::StoredType>(data[0] % engine::kStoredTypes);
    const engine::BlockShape shape = engine::blockOf(type);
    const std::vector<std::uint8_t> input(data + 2, data + size); // of exactly this size, for the sanitizer
    const auto bytes = std::as_bytes(std::span(input));
    std::vector<float> numbers(bytes.size() / shape.bytes * shape.elements);
    const auto allowed = [](const engine::Error &error) {
        return error.code() == engine::ErrorCode::None || error.code() == engine::ErrorCode::Internal;
    };
    if (!allowed(support::errorOf([&] { engine::decodeToFloat(type, bytes, numbers); }))) std::abort();
    std::vector<std::byte> scaled(bytes.begin(), bytes.end());
    const int exponent = static_cast<std::int8_t>(data[1]);
    if (!allowed(support::errorOf([&] { engine::scaleStored(type, scaled, exponent); }))) std::abort();
    for (const auto target : {engine::StoredType::Q8_0, engine::StoredType::Q4_0, engine::StoredType::F16}) {
        const engine::BlockShape to = engine::blockOf(target);
        std::vector<std::byte> encoded(numbers.size() / to.elements * to.bytes);
        if (!allowed(support::errorOf([&] { engine::encodeFromFloat(target, numbers, encoded); })))
            std::abort();
    }
    return 0;
}
