#include "engine/adapters/kind.h"
#include "engine/error.h"
#include "engine/read_floats.h"

#include <algorithm>
#include <array>

namespace engine::adapters
{

extern const Kind kDora, kPissa, kLora, kBone;

namespace
{

/// The first that accepts a group is its kind.
const std::array<const Kind *, 4> kKinds = {&kDora, &kPissa, &kLora, &kBone};

std::string text(const std::vector<std::int64_t> &shape)
{
    TensorEntry entry;
    entry.shape = shape;
    return entry.shapeText();
}

} // namespace

const Kind *findKind(const Group &group)
{
    const auto found = std::ranges::find_if(kKinds, [&](const Kind *kind) { return kind->accepts(group); });
    return found == kKinds.end() ? nullptr : *found;
}

std::vector<float> readPart(const TensorFile &file, const TensorEntry &entry,
                            const std::vector<std::int64_t> &shape)
{
    if (entry.shape != shape)
        throw Error(ErrorCode::BadModel, entry.name + ": expected " + text(shape) + ", found " +
                                             entry.shapeText() + "; the adapter belongs to another model.");
    return readFloats(file, entry);
}

void refuseShape(const TensorEntry &entry, const std::string &expected, const Target &target)
{
    throw Error(ErrorCode::BadModel, entry.name + ": expected " + expected + " for " + target.name + " " +
                                         text({target.out, target.in}) + ", found " + entry.shapeText() +
                                         "; the adapter belongs to another model.");
}

} // namespace engine::adapters
