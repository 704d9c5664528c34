#pragma once

// Tensors of files that say the same thing in different formats.

#include "engine/files/block_types.h"
#include "engine/files/tensor_file.h"

#include <QString>

#include <cmath>
#include <cstring>
#include <vector>

namespace support
{

inline std::vector<std::byte> bytesOfTensor(const engine::TensorFile &file, const engine::TensorEntry &entry)
{
    std::vector<std::byte> bytes(entry.bytes);
    file.read(entry, 0, bytes);
    return bytes;
}

inline std::vector<float> floatsOfTensor(const engine::TensorFile &file, const engine::TensorEntry &entry)
{
    std::vector<float> numbers(std::size_t(entry.elements()));
    engine::decodeToFloat(entry.type, bytesOfTensor(file, entry), numbers);
    return numbers;
}

inline std::vector<float> floatsOfTensor(const engine::TensorFile &file, const std::string &name)
{
    const engine::TensorEntry *entry = file.find(name);
    return entry ? floatsOfTensor(file, *entry) : std::vector<float>();
}

/// What differs first between `want` and `got`: names, shapes, or numbers by more than `tolerance` times
/// their size (0: types and bytes must be equal too). Empty: nothing.
inline QString firstDifference(const engine::TensorFile &want, const engine::TensorFile &got,
                               double tolerance = 0)
{
    for (const engine::TensorEntry &entry : got.tensors())
        if (!want.find(entry.name))
            return QStringLiteral("%1 is new").arg(QString::fromStdString(entry.name));
    for (const engine::TensorEntry &entry : want.tensors()) {
        const QString name = QString::fromStdString(entry.name);
        const engine::TensorEntry *other = got.find(entry.name);
        if (!other) return QStringLiteral("%1 is missing").arg(name);
        if (other->shape != entry.shape)
            return QStringLiteral("%1: expected %2, found %3")
                .arg(name, QString::fromStdString(entry.shapeText()),
                     QString::fromStdString(other->shapeText()));
        if (tolerance == 0) {
            if (other->type != entry.type || bytesOfTensor(want, entry) != bytesOfTensor(got, *other))
                return QStringLiteral("%1: other bytes").arg(name);
            continue;
        }
        const std::vector<float> a = floatsOfTensor(want, entry), b = floatsOfTensor(got, *other);
        for (std::size_t i = 0; i < a.size(); ++i)
            if (!(std::fabs(double(a[i]) - double(b[i])) <=
                  tolerance * std::fmax(1.0, std::fabs(double(a[i])))))
                return QStringLiteral("%1[%2]: expected %3, found %4")
                    .arg(name)
                    .arg(i)
                    .arg(double(a[i]))
                    .arg(double(b[i]));
    }
    return {};
}

} // namespace support
