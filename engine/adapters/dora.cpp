// DoRA: W1 = W + scale (alpha / r) B A, then every column (RWKV-PEFT, RWKV-LM-RLHF: lora_M [1, in]) or every
// row (Hugging Face PEFT: lora_magnitude_vector [out]) is brought to the trained length.
// Source: rwkv-infer §5.1; PEFT src/peft/tuners/lora/dora.py for the rows.
#include "engine/adapters/lora.h"

#include <cmath>

namespace engine::adapters
{
namespace
{

constexpr double kColumnEpsilon = 1e-6;

/// W1[:, j] M_j / (|W1[:, j]| + epsilon)
class ColumnLengths final : public RowEdit
{
public:
    explicit ColumnLengths(std::vector<float> magnitudes)
        : m_magnitudes(std::move(magnitudes))
        , m_squares(m_magnitudes.size(), 0.0)
    {
    }

    bool looksFirst() const override { return true; }
    void look(std::span<const double> w) override
    {
        for (std::size_t j = 0; j < w.size(); ++j)
            m_squares[j] += w[j] * w[j];
    }
    void edit(std::int64_t, std::span<double> w) const override
    {
        for (std::size_t j = 0; j < w.size(); ++j)
            w[j] *= double(m_magnitudes[j]) / (std::sqrt(m_squares[j]) + kColumnEpsilon);
    }

private:
    std::vector<float> m_magnitudes;
    std::vector<double> m_squares; ///< of W1's columns
};

/// W1[i, :] m_i / |W1[i, :]|; rows of zeros stay.
class RowLengths final : public RowEdit
{
public:
    explicit RowLengths(std::vector<float> magnitudes)
        : m_magnitudes(std::move(magnitudes))
    {
    }

    void edit(std::int64_t row, std::span<double> w) const override
    {
        double squares = 0;
        for (const double x : w)
            squares += x * x;
        if (squares == 0) return;
        const double factor = double(m_magnitudes[static_cast<std::size_t>(row)]) / std::sqrt(squares);
        for (double &x : w)
            x *= factor;
    }

private:
    std::vector<float> m_magnitudes;
};

bool accepts(const Group &group)
{
    return group.part("lora_A") && group.part("lora_B") &&
           (group.part("lora_M") || group.part("lora_magnitude_vector"));
}

std::int64_t rank(const Group &group) { return rankOf(group.part("lora_A")); }

RowEdits make(const AdapterFile &file, const Group &group, const Target &target)
{
    const double factor =
        double(file.use().scale) * file.factor(group, std::max<std::int64_t>(rank(group), 1));
    RowEdits edits;
    edits.push_back(makeProduct(file.file(), *group.part("lora_A"), *group.part("lora_B"), factor, target));
    if (const TensorEntry *columns = group.part("lora_M")) {
        if (columns->squeezed() != std::vector<std::int64_t>{target.in})
            refuseShape(*columns, "[1, " + std::to_string(target.in) + "]", target);
        edits.push_back(std::make_unique<ColumnLengths>(readPart(file.file(), *columns, columns->shape)));
    } else {
        const TensorEntry &rows = *group.part("lora_magnitude_vector");
        if (rows.squeezed() != std::vector<std::int64_t>{target.out})
            refuseShape(rows, "[" + std::to_string(target.out) + "]", target);
        edits.push_back(std::make_unique<RowLengths>(readPart(file.file(), rows, rows.shape)));
    }
    return edits;
}

} // namespace

extern const Kind kDora; // listed in registry.cpp
const Kind kDora{"DoRA", accepts, rank, make};

} // namespace engine::adapters
